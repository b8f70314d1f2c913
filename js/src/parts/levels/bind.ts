/** The levels of a grouping factor as a table: sort, filter, copy, CSV; only the visible rows exist. */
import type { Cell } from "../../core/csv.ts";
import type { Modes } from "../../core/decode.ts";
import { count } from "../../core/format.ts";
import { matching } from "../../core/order.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { groupSelect } from "../group_select.ts";
import { drawHead, drawRows, HEAD_ROWS, ROW } from "./draw.ts";
import { type Field, fieldsOf, levelRows } from "./fields.ts";
import { drawFrame, type Frame } from "./frame.ts";
import { nextSorting, sortedLevels, UNSORTED } from "./sorting.ts";

/** Rows that are drawn above and below those in view. */
const SPARE = 6;
/** Height of the table in pixels until it stands in the page. */
const FIRST_HEIGHT = 312;
/** A level that comes into view keeps this many rows below it. */
const ROOM_BELOW = 4;

/** The table; `hasGroups` says whether it has a list of grouping factors of its own. */
export function levelTable(context: Context, hasGroups = true): Part {
  const table = new LevelTable(context, hasGroups);
  const resized = new ResizeObserver(() => table.updateRows());
  resized.observe(table.frame.holder);
  context.on("fit", () => table.update());
  context.on("ui", () => table.update());
  context.on("spot", () => table.follow());
  table.update();
  return { el: table.frame.el, stop: () => resized.disconnect() };
}

class LevelTable {
  readonly frame: Frame;
  readonly #context: Context;
  readonly #hasGroups: boolean;
  #modes: Modes | null = null;
  #fields: Field[] = [];
  /** The levels of the table, filtered and sorted. */
  #rows: Uint32Array = new Uint32Array();
  #sorting = UNSORTED;
  #isPointed = false;

  constructor(context: Context, hasGroups: boolean) {
    this.#context = context;
    this.#hasGroups = hasGroups;
    const name = (): string => `levels-${context.ui.group}`;
    this.frame = drawFrame(tableTools(name, () => this.#cells()));
    this.#listen();
  }

  update(): void {
    const { fit, ui } = this.#context;
    this.#modes = this.#context.modes();
    if (!this.#modes) return;
    this.#fields = fieldsOf(this.#modes, ui.interval, fit?.intervals[ui.interval] ?? "");
    if (this.#sorting.key >= this.#fields.length) this.#sorting = UNSORTED;
    this.frame.caption.textContent = `Levels of ${this.#modes.group}`;
    if (this.#hasGroups) this.frame.groups.replaceChildren(...groupSelect(this.#context));
    this.#updateHead();
    this.#arrange();
  }

  updateRows(): void {
    if (!this.#modes) return;
    const { holder, body } = this.frame;
    const height = holder.clientHeight || FIRST_HEIGHT;
    const first = Math.max(0, Math.floor(holder.scrollTop / ROW) - SPARE);
    const last = Math.min(this.#rows.length, first + Math.ceil(height / ROW) + 2 * SPARE);
    body.replaceChildren(...drawRows(this.#modes, this.#fields, this.#rows, first, last));
    this.#mark();
  }

  /** A level that lights up elsewhere comes into view here; not while the pointer is on the table itself. */
  follow(): void {
    const { holder } = this.frame;
    const height = holder.clientHeight;
    const level = this.#spottedLevel();
    if (!this.#isPointed && this.#modes && level !== null && height > 0) {
      const top = this.#rows.indexOf(this.#modes.levels.indexOf(level)) * ROW;
      const isInView = top >= holder.scrollTop && top + ROOM_BELOW * ROW <= holder.scrollTop + height;
      if (top >= 0 && !isInView) holder.scrollTop = top - height / 3;
    }
    this.#mark();
  }

  #listen(): void {
    const { filter, holder, body } = this.frame;
    filter.addEventListener("input", () => {
      holder.scrollTop = 0;
      this.#arrange();
    });
    holder.addEventListener("scroll", () => this.updateRows(), { passive: true });
    body.addEventListener("pointerover", (event) => {
      const row = (event.target as Element).closest<HTMLElement>("tr[data-level]");
      const level = row?.dataset.level;
      this.#isPointed = true;
      if (this.#modes && level !== undefined) this.#context.point({ group: this.#modes.group, level });
    });
    body.addEventListener("pointerleave", () => {
      this.#isPointed = false;
      this.#context.point(null);
    });
  }

  #updateHead(): void {
    if (!this.#modes) return;
    const head = drawHead(this.#modes, this.#fields, this.#sorting, (key) => this.#sortBy(key));
    this.frame.head.replaceChildren(...head);
  }

  #sortBy(key: number): void {
    this.#sorting = nextSorting(this.#sorting, key);
    this.#updateHead();
    this.#arrange();
    this.frame.head.querySelector<HTMLElement>(`[data-sort="${key}"]`)?.focus();
  }

  #arrange(): void {
    if (!this.#modes) return;
    const { levels } = this.#modes;
    const { filter, counted, table } = this.frame;
    this.#rows = matching(sortedLevels(this.#sorting, this.#modes, this.#fields), levels, filter.value);
    const all = `${count(levels.length)} levels`;
    counted.textContent = this.#rows.length === levels.length ? all : `${count(this.#rows.length)} of ${all}`;
    table.setAttribute("aria-rowcount", String(this.#rows.length + HEAD_ROWS));
    this.updateRows();
  }

  #mark(): void {
    const level = this.#spottedLevel();
    for (const row of this.frame.body.querySelectorAll<HTMLElement>("tr[data-level]")) {
      row.classList.toggle("mw-spot", row.dataset.level === level);
    }
  }

  /** The level of this factor that the spot is on, here or elsewhere in the page. */
  #spottedLevel(): string | null {
    const { spot } = this.#context;
    return this.#modes && spot?.group === this.#modes.group ? spot.level : null;
  }

  #cells(): Cell[][] {
    return this.#modes ? levelRows(this.#modes, this.#fields, this.#rows) : [];
  }
}
