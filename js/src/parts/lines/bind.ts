/** The data of each level with its lines by three models: a picture for each, or all in one. */
import { steppedRank } from "../../core/steps.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { LinesView } from "../../types.ts";
import { type Asking, asked } from "../asked/bind.ts";
import { decodeLines, type Lines, type Moving, type Order } from "../line_drawing/data.ts";
import { Domains } from "../line_drawing/domains.ts";
import { drawOverlay } from "../line_drawing/overlay.ts";
import type { Drawing } from "../line_drawing/paths.ts";
import { type Choices, drawChoices, drawControls, drawPager } from "./controls.ts";
import { drawMultiples } from "./draw.ts";
import { drawFrame, type Frame } from "./frame.ts";
import { columnsFor, gridOf, roomFor, type Space } from "./layout.ts";
import { Standing } from "./order.ts";
import { type Sample, sample, search } from "./sample.ts";
import { spaceOf } from "./space.ts";
import { glide, isAlike } from "./tween.ts";
import { describe, readingNote, sampleWords } from "./words.ts";

const [LOW, HIGH] = [300, 460];
const WAITING = "The lines are computed \u2026";

/** The picture; in `slot` stands what chooses levels, which is above the picture without one. */
export function lines(context: Context, slot: HTMLElement | null = null): Part {
  const picture = new Picture(context, slot);
  const resized = new ResizeObserver(() => picture.resize());
  resized.observe(picture.frame.picture);
  context.on("room", () => picture.redraw());
  context.on("ui", () => picture.asking.update());
  context.on("spot", () => picture.light());
  const stop = (): void => {
    resized.disconnect();
    picture.stop();
  };
  return { el: picture.frame.el, shown: () => picture.shown(), stop };
}

class Picture {
  readonly frame: Frame;
  readonly asking: Asking;
  readonly #context: Context;
  readonly #first: Record<string, unknown>;
  readonly #domains = new Domains();
  #choices: Choices = {
    arrangement: "multiples",
    shown: { own: true, model: true, pooled: true, average: false },
    order: "",
    search: "",
    turn: 0,
    page: 0,
    wanted: {},
  };
  #lines: Lines | null = null;
  #drawing: Drawing | null = null;
  #sample: Sample | null = null;
  readonly #standing = new Standing();
  /** Where the lines are now, between two fits. */
  #now: Moving | null = null;
  #endGlide: () => void = () => undefined;
  #width = 0;
  #group: string;
  #said = WAITING;

  constructor(context: Context, slot: HTMLElement | null) {
    this.#context = context;
    this.#first = context.view<Record<string, unknown>>("wanted") ?? {};
    if (this.#first.group) context.setUi({ group: String(this.#first.group) });
    this.#group = context.ui.group;
    this.frame = drawFrame(slot, () => ({
      title: context.fit?.formula ?? "",
      caption: this.#reading(),
    }));
    this.asking = asked<LinesView>(
      context,
      "lines",
      this.frame.el,
      () => this.#options(),
      (view) => this.#take(view),
      (message) => this.#say(message),
    );
    this.#listen();
    this.#say("");
  }

  shown(): void {
    this.asking.update();
    this.resize();
  }

  stop(): void {
    this.#endGlide();
  }

  resize(): void {
    const width = Math.round(this.frame.picture.clientWidth);
    if (width && width !== this.#width) this.redraw();
  }

  /** Draws everything, and the controls unless only the picture has changed. */
  redraw(): void {
    const lines = this.#lines;
    if (!lines) return;
    const { bar, choices, picture, pager, note } = this.frame;
    const choose = (change: Partial<Choices>): void => this.#choose(change);
    keepFocus(bar, "control", () => bar.replaceChildren(...drawControls(this.#context, lines, this.#choices, choose)));
    this.#drawChoices(choices, lines, choose);
    this.#width = Math.round(picture.clientWidth);
    const { drawing, pages } = this.#draw(lines, this.#space());
    this.#drawing = drawing;
    picture.replaceChildren(drawing.svg);
    if (this.#now) drawing.move(this.#now);
    keepFocus(pager, "control", () => pager.replaceChildren(...pages));
    note.textContent = this.#said || this.#reading();
    this.light();
  }

  /** Lights the level that the spot is on, and says its numbers. */
  light(): void {
    const lines = this.#lines;
    if (!(lines && this.#drawing)) return;
    const level = this.#spotted(lines);
    this.#drawing.light(level, this.#now ?? lines);
    const kept = this.#context.isKept ? " (kept; Esc lets go)" : "";
    const isShort = this.#context.room.isCompact;
    const text = level < 0 ? this.#overview(lines) : describe(lines, level, isShort) + kept;
    const order = this.#order(lines);
    const { picture, readout } = this.frame;
    readout.textContent = text;
    picture.setAttribute("aria-valuemax", String(order.length));
    picture.setAttribute("aria-valuenow", String(Math.max(0, order.indexOf(level)) + 1));
    picture.setAttribute("aria-valuetext", text);
  }

  #overview(lines: Lines): string {
    const taken = this.#choices.arrangement === "multiples" ? this.#sample : null;
    const { search: text, turn } = this.#choices;
    if (taken && text && search(lines, text).length === 0)
      return `No ${lines.view.level_word} with lines here has \u201c${text}\u201d in its name.`;
    const words = taken && sampleWords(lines, taken, this.#orderOf(lines).label, turn);
    return words || "Point at a level, or use the arrow keys.";
  }

  #options(): Record<string, unknown> {
    const { ui, groups } = this.#context;
    if (ui.group !== this.#group) {
      this.#group = ui.group;
      this.#choices = { ...this.#choices, wanted: {}, search: "", page: 0, turn: 0 };
    }
    const usual = String(this.#first.group ?? groups[0] ?? "");
    const all = { ...this.#first, ...this.#choices.wanted, ...(ui.group !== usual && { group: ui.group }) };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  }

  #choose(change: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...change };
    if (change.order !== undefined) this.#standing.release();
    if (change.wanted) this.asking.update();
    else this.redraw();
  }

  #say(message: string): void {
    this.#said = message || (this.#lines ? "" : WAITING);
    const { note, row } = this.frame;
    row.hidden = !this.#lines;
    note.textContent = this.#said || this.#reading();
  }

  #reading(): string {
    return this.#lines ? readingNote(this.#lines, this.#choices.arrangement === "multiples") : "";
  }

  /** Takes the lines of a fit; those of the fit before glide there where the same levels have them. */
  #take(view: LinesView): void {
    const names = this.#context.view<Record<string, string[]>>("levels")?.[view.group];
    if (!names || this.#lines?.view === view) return;
    const before = this.#lines;
    const from = this.#now ?? before;
    this.#endGlide();
    const next = decodeLines(view, names);
    this.#lines = next;
    this.#now = null;
    this.#say("");
    const glides = before && from && isAlike(before.view, view);
    if (!glides) this.#standing.release();
    if (glides) this.#now = from;
    this.redraw();
    if (glides) this.#endGlide = glide(from, next, (now) => this.#moveTo(now));
  }

  #moveTo(now: Moving): void {
    const hasArrived = now === this.#lines;
    this.#now = hasArrived ? null : now;
    this.#drawing?.move(now);
    if (hasArrived) this.light();
  }

  #drawChoices(holder: HTMLElement, lines: Lines, choose: (change: Partial<Choices>) => void): void {
    const search = holder.querySelector<HTMLInputElement>("[data-control=lines-search]");
    // a text that is being written keeps its caret
    if (search?.matches(":focus")) return;
    const order = this.#orderOf(lines).label;
    const choices = drawChoices(this.#context, lines, this.#choices, this.#standing.isOld(lines) ? "" : order, choose);
    keepFocus(holder, "control", () => holder.replaceChildren(...choices));
  }

  #draw(lines: Lines, space: Space): { drawing: Drawing; pages: HTMLElement[] } {
    const { arrangement, shown, page } = this.#choices;
    const yDomain = this.#domains.of(lines.view);
    if (arrangement === "overlay") {
      const height = space.isCompact ? space.height : Math.min(HIGH, Math.max(LOW, space.width * 0.55));
      return { drawing: drawOverlay(lines, { width: space.width, height, yDomain, shown }), pages: [] };
    }
    const taken = sample(lines, this.#ranked(lines), roomFor(space), this.#wanted(lines), this.#choices.turn);
    this.#sample = taken;
    const { columns, page: size } = columnsFor(space, taken.levels.length);
    const pages = Math.ceil(taken.levels.length / size);
    const now = Math.max(0, Math.min(page, pages - 1));
    const from = pages > 1 ? now * size : 0;
    const levels = taken.levels.slice(from, from + size);
    const grid = gridOf(lines, levels, columns, space, yDomain);
    return {
      drawing: drawMultiples(lines, grid, shown, taken.marks),
      pages: drawPager(now, pages, from + 1, from + levels.length, taken.levels.length, (next) =>
        this.#choose({ page: next }),
      ),
    };
  }

  /** Levels that somebody looks for, or that are kept lit. */
  #wanted(lines: Lines): number[] {
    const kept = this.#context.isKept ? this.#spotted(lines) : -1;
    return [...new Set([...search(lines, this.#choices.search), ...(kept < 0 ? [] : [kept])])];
  }

  #space(): Space {
    return spaceOf(this.#context.room, this.frame, this.#width);
  }

  #orderOf = (lines: Lines): Order => this.#standing.of(lines, this.#choices.order);

  #ranked = (lines: Lines): Int32Array => this.#orderOf(lines).ranked;

  /** The levels that arrows go through. */
  #order(lines: Lines): number[] {
    return this.#choices.arrangement === "multiples" && this.#sample ? this.#sample.levels : [...this.#ranked(lines)];
  }

  #spotted(lines: Lines): number {
    const { spot } = this.#context;
    return spot?.group === lines.view.group ? lines.names.indexOf(spot.level) : -1;
  }

  #listen(): void {
    const { picture } = this.frame;
    picture.addEventListener("pointermove", (event) => this.#pointAt(event));
    picture.addEventListener("pointerleave", () => this.#context.point(null));
    picture.addEventListener("click", () => this.#context.keep());
    picture.addEventListener("keydown", (event) => {
      if (this.#lines && this.#obeyKey(this.#lines, event.key)) event.preventDefault();
    });
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    const box = this.frame.picture.querySelector("svg")?.getBoundingClientRect();
    if (!(this.#lines && this.#drawing && box)) return;
    this.#point(this.#lines, this.#drawing.at(clientX - box.left, clientY - box.top));
  }

  #point({ view, names }: Lines, level: number): void {
    this.#context.point(level < 0 ? null : { group: view.group, level: names[level]! });
  }

  #obeyKey(lines: Lines, key: string): boolean {
    const context = this.#context;
    if (key === "Enter" || key === " ") {
      context.keep();
      return true;
    }
    if (key === "Escape") {
      context.keep(false);
      context.point(null);
      return true;
    }
    const order = this.#order(lines);
    const rank = steppedRank(order.indexOf(this.#spotted(lines)), null, order.length, key);
    if (rank === undefined) return false;
    const { page } = columnsFor(this.#space(), order.length);
    const turned = Math.floor(rank / page);
    if (this.#choices.arrangement === "multiples" && Number.isFinite(page) && turned !== this.#choices.page) {
      this.#choose({ page: turned });
    }
    this.#point(lines, order[rank]!);
    return true;
  }
}
