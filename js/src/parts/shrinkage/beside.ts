/** The lines of the levels beside their plane: the slider moves them too. */
import { h } from "../../dom/element.ts";
import type { Context } from "../../host/context.ts";
import type { LinesView } from "../../types.ts";
import { type Asking, asked } from "../asked/bind.ts";
import { decodeLines, type Lines, type Moving } from "../line_drawing/data.ts";
import { Domains } from "../line_drawing/domains.ts";
import { drawOverlay } from "../line_drawing/overlay.ts";
import type { Drawing } from "../line_drawing/paths.ts";
import type { Shrinkage } from "./data.ts";

/** Narrower than this, the plane needs the whole width. */
const LEAST_WIDTH = 740;
/** What a level's own rows say is the hollow dot of the plane. */
const SHOWN = { own: false, model: true, pooled: true, average: false };

export class Beside {
  /** Hidden where there is no room for it; empty until the lines are there. */
  readonly el = h("div.mw-shrink-beside", { hidden: true, "aria-hidden": "true" });
  readonly #context: Context;
  readonly #asking: Asking;
  readonly #domains = new Domains();
  #data: Shrinkage | null = null;
  #lines: Lines | null = null;
  #drawing: Drawing | null = null;
  /** What the drawing was drawn of. */
  #drawn: unknown[] = [];
  #isRefused = false;

  /** `changed` hears that lines have come, or that there are none. */
  constructor(context: Context, changed: () => void) {
    this.#context = context;
    const take = (view: LinesView): void => {
      const names = context.view<Record<string, string[]>>("levels")?.[view.group];
      if (!names || this.#lines?.view === view) return;
      this.#lines = decodeLines(view, names);
      changed();
    };
    const refuse = (message: string): void => {
      if (this.#isRefused === (message !== "")) return;
      this.#isRefused = message !== "";
      changed();
    };
    this.#asking = asked<LinesView>(context, "lines", this.el, () => this.#options(), take, refuse);
    this.el.addEventListener("pointermove", (event) => this.#pointAt(event));
    this.el.addEventListener("pointerleave", () => context.point(null));
    this.el.addEventListener("click", () => context.keep());
  }

  /** Takes its place in a row of some width, or leaves it to the plane; says whether it has one. */
  place(data: Shrinkage, width: number): boolean {
    const { line_path } = data.view;
    this.#data = data;
    this.el.hidden = !line_path || width < LEAST_WIDTH || this.#context.room.isCompact;
    if (!this.el.hidden) this.#asking.update();
    return !(this.el.hidden || this.#isRefused || (this.#lines && !this.#isAlong(this.#lines)));
  }

  /** Draws the lines where the levels stand now, anew where anything else has changed. */
  draw(now: Moving | null, height: number): void {
    const [lines, width] = [this.#lines, this.el.clientWidth];
    if (!(lines && now && width && this.#isAlong(lines))) {
      this.#drawing = null;
      this.#drawn = [];
      this.el.replaceChildren();
      return;
    }
    const drawn = [lines, width, height];
    if (!this.#drawing || drawn.some((one, i) => one !== this.#drawn[i])) {
      this.#drawing = drawOverlay(lines, { width, height, yDomain: this.#domains.of(lines.view), shown: SHOWN });
      this.#drawn = drawn;
      this.el.replaceChildren(this.#drawing.svg);
    }
    this.#drawing.move(now);
  }

  /** Lights a level by its name, or none. */
  light(level: string | undefined, now: Moving | null): void {
    if (this.#lines && now) this.#drawing?.light(level === undefined ? -1 : this.#lines.names.indexOf(level), now);
  }

  #options(): Record<string, unknown> {
    const group = this.#data?.view.group;
    return group === this.#context.groups[0] ? {} : { group };
  }

  /** Whether lines are those that the slider moves: a page may hold others. */
  #isAlong({ view, model }: Lines): boolean {
    const path = this.#data?.view.line_path;
    const isMine = view.group === this.#data?.view.group && view.x === path?.x;
    return isMine && model.length === path.n_lines * path.n_places;
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    const [lines, drawing] = [this.#lines, this.#drawing];
    if (!(lines && drawing)) return;
    const box = drawing.svg.getBoundingClientRect();
    const level = drawing.at(clientX - box.left, clientY - box.top);
    this.#context.point(level < 0 ? null : { group: lines.view.group, level: lines.names[level]! });
  }
}
