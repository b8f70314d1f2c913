/** The levels of a grouping factor as a table: sort, filter, copy, CSV; only the visible rows exist. */
import type { Modes } from "../../core/decode.ts";
import { count } from "../../core/format.ts";
import { matching } from "../../core/order.ts";
import { scroller } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { groupSelect } from "../group_select.ts";
import { drawHead, drawRows, HEAD_ROWS, ROW } from "./draw.ts";
import { type Field, fieldsOf, levelRows } from "./fields.ts";
import { nextSorting, sortedLevels, UNSORTED } from "./sorting.ts";

/** Rows that are drawn above and below those in view. */
const SPARE = 6;
/** Height of the table in pixels until it stands in the page. */
const FIRST_HEIGHT = 312;
/** A level that comes into view keeps this many rows below it. */
const ROOM_BELOW = 4;

export function levelTable(context: Context): Part {
  const id = uniqueId("filter");
  const filter = h("input", { id, type: "search", placeholder: "name\u2026", size: 10 });
  const counted = h("span", { class: "mw-quiet", role: "status" });
  const groups = h("span");
  const caption = h("caption");
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { class: "mw-table mw-levels" }, caption, head, body);
  const holder = scroller("Levels", "mw-scroll mw-tall", table);
  const tools = tableTools(
    () => `levels-${context.ui.group}`,
    () => (modes ? levelRows(modes, fields, rows) : []),
  );
  const filtering = h("span", { class: "mw-group" }, h("label", { for: id }, "Filter"), filter);
  const bar = h("div", { class: "mw-controls" }, groups, filtering, counted, tools);
  let modes: Modes | null = null;
  let fields: Field[] = [];
  /** The levels of the table, filtered and sorted. */
  let rows: Uint32Array = new Uint32Array();
  let sorting = UNSORTED;
  let isPointed = false;

  const updateRows = (): void => {
    if (!modes) return;
    const height = holder.clientHeight || FIRST_HEIGHT;
    const first = Math.max(0, Math.floor(holder.scrollTop / ROW) - SPARE);
    const last = Math.min(rows.length, first + Math.ceil(height / ROW) + 2 * SPARE);
    body.replaceChildren(...drawRows(modes, fields, rows, first, last));
    mark();
  };
  const arrange = (): void => {
    if (!modes) return;
    rows = matching(sortedLevels(sorting, modes, fields), modes.levels, filter.value);
    const all = `${count(modes.levels.length)} levels`;
    counted.textContent = rows.length === modes.levels.length ? all : `${count(rows.length)} of ${all}`;
    table.setAttribute("aria-rowcount", String(rows.length + HEAD_ROWS));
    updateRows();
  };
  const updateHead = (): void => {
    if (modes) head.replaceChildren(...drawHead(modes, fields, sorting, sortBy));
  };
  const sortBy = (key: number): void => {
    sorting = nextSorting(sorting, key);
    updateHead();
    arrange();
    head.querySelector<HTMLElement>(`[data-sort="${key}"]`)?.focus();
  };
  /** The level of this factor that the spot is on, here or elsewhere in the page. */
  const spotted = (): string | null => (modes && context.spot?.group === modes.group ? context.spot.level : null);
  const mark = (): void => {
    const level = spotted();
    for (const row of body.querySelectorAll<HTMLElement>("tr[data-level]")) {
      row.classList.toggle("mw-spot", row.dataset.level === level);
    }
  };
  /** A level that lights up elsewhere comes into view here; not while the pointer is on the table itself. */
  const follow = (): void => {
    const level = spotted();
    const height = holder.clientHeight;
    if (!isPointed && modes && level !== null && height > 0) {
      const top = rows.indexOf(modes.levels.indexOf(level)) * ROW;
      const isInView = top >= holder.scrollTop && top + ROOM_BELOW * ROW <= holder.scrollTop + height;
      if (top >= 0 && !isInView) holder.scrollTop = top - height / 3;
    }
    mark();
  };
  const update = (): void => {
    modes = context.modes();
    if (!modes) return;
    const { interval } = context.ui;
    fields = fieldsOf(modes, interval, context.fit?.intervals[interval] ?? "");
    if (sorting.key >= fields.length) sorting = UNSORTED;
    caption.textContent = `Levels of ${modes.group}`;
    groups.replaceChildren(...groupSelect(context));
    updateHead();
    arrange();
  };

  filter.addEventListener("input", () => {
    holder.scrollTop = 0;
    arrange();
  });
  holder.addEventListener("scroll", updateRows, { passive: true });
  body.addEventListener("pointerover", (event) => {
    const level = (event.target as Element).closest<HTMLElement>("tr[data-level]")?.dataset.level;
    isPointed = true;
    if (modes && level !== undefined) context.point({ group: modes.group, level });
  });
  body.addEventListener("pointerleave", () => {
    isPointed = false;
    context.point(null);
  });
  const resized = new ResizeObserver(updateRows);
  resized.observe(holder);
  context.on("fit", update);
  context.on("ui", update);
  context.on("spot", follow);
  update();
  const el = h("div", { role: "group", "aria-label": "Levels" }, bar, holder);
  return { el, stop: () => resized.disconnect() };
}
