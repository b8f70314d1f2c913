/** The caterpillar plot: conditional modes and intervals, one panel per term, all panels in one order. */
import type { Modes } from "../../core/decode.ts";
import { count } from "../../core/format.ts";
import { steppedRank } from "../../core/steps.ts";
import { s } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import { canZoom, drawChoices, drawControls, saveButtons } from "./controls.ts";
import { DENSE_ROW, drawPanels } from "./draw.ts";
import { drawFrame, type Frame } from "./frame.ts";
import { type Layout, layout, levelOrder, nearest } from "./layout.ts";
import { type Overview, overview } from "./overview.ts";
import { describeLevel, drawSpot } from "./spot.ts";
import { including, isZoomKey, zoomed } from "./window.ts";
import { plotNote } from "./words.ts";

/** Width in pixels until the plot stands in the page. */
const FIRST_WIDTH = 640;

/** Least height of the plot where the window gives it its height. */
const LEAST_HEIGHT = 110;

/** The plot; in `slot` stand the list of grouping factors and the order, which are above the plot without one. */
export function caterpillar(context: Context, slot: HTMLElement | null = null): Part {
  const plot = new Plot(context, slot);
  const resized = new ResizeObserver(([entry]) => plot.resize(Math.round(entry?.contentRect.width ?? 0)));
  resized.observe(plot.frame.slider);
  context.on("fit", () => plot.update());
  context.on("ui", () => plot.update());
  context.on("room", () => plot.update());
  context.on("spot", () => plot.mark());
  plot.updateControls();
  // once the widget stands in the page its width is known, and the plot is drawn only once
  queueMicrotask(() => plot.resize(plot.frame.slider.clientWidth || FIRST_WIDTH));
  return { el: plot.frame.el, stop: () => resized.disconnect() };
}

/** What is drawn: kept for the marks of the spot, which come and go without a redraw. */
interface Drawing {
  modes: Modes;
  plan: Layout;
  overlay: SVGGElement;
}

class Plot {
  readonly frame: Frame;
  readonly #context: Context;
  readonly #strip: Overview;
  #drawing: Drawing | null = null;
  #width = FIRST_WIDTH;
  #height = Infinity;

  constructor(context: Context, slot: HTMLElement | null) {
    this.#context = context;
    this.#strip = overview(context);
    this.frame = drawFrame(this.#strip.el, slot, (plot, note) => saveButtons(context, plot, note));
    this.#listen();
  }

  update(): void {
    this.updateControls();
    this.#updatePlot();
  }

  updateControls(): void {
    const { bar, choices } = this.frame;
    if (!this.#context.fit) return;
    keepFocus(bar, "control", () => bar.replaceChildren(...drawControls(this.#context)));
    keepFocus(choices, "control", () => choices.replaceChildren(...drawChoices(this.#context)));
  }

  resize(width: number): void {
    if (width === 0 || (width === this.#width && this.#drawing && this.#heightLeft() === this.#height)) return;
    this.#width = width;
    this.#updatePlot();
  }

  /** The height that a compact pane leaves between the controls and the words of the plot; elsewhere there is no bound. */
  #heightLeft(): number {
    const { el, slider, readout } = this.frame;
    const pane = this.#context.room.isCompact && el.closest(".mw-area-main");
    if (!pane) return Infinity;
    if (slider.clientWidth === 0) return this.#height;
    const above = slider.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    return Math.max(LEAST_HEIGHT, Math.floor(pane.clientHeight - above - readout.parentElement!.offsetHeight - 2));
  }

  /** Lights the level that the spot is on, and says its numbers. */
  mark(): void {
    if (!this.#drawing) return;
    const { modes, plan, overlay } = this.#drawing;
    const { ui } = this.#context;
    const index = this.#spottedIndex(modes);
    const isLit = index >= 0;
    overlay.replaceChildren(...(isLit ? drawSpot(plan, index) : []));
    const all = `${count(modes.levels.length)} levels of ${modes.group}`;
    const kept = this.#context.isKept ? " (kept; Esc lets go)" : "";
    const text = isLit ? describeLevel(plan, modes, ui.kind, index) + kept : all;
    const rank = isLit ? levelOrder(modes, ui.order).indexOf(index) : 0;
    this.frame.readout.textContent = text;
    this.frame.slider.setAttribute("aria-valuenow", String(rank + 1));
    this.frame.slider.setAttribute("aria-valuetext", text);
  }

  #updatePlot(): void {
    const { fit, ui } = this.#context;
    const modes = this.#context.modes();
    if (!(modes && fit)) return;
    const { slider, plot, note } = this.frame;
    this.#height = this.#heightLeft();
    const plan = layout(modes, ui, this.#width, this.#height);
    const overlay = s("g", { "data-overlay": "" });
    this.#drawing = { modes, plan, overlay };
    plot.replaceChildren(drawPanels(plan, modes, ui.kind, fit.unit, overlay));
    slider.setAttribute("aria-valuemin", "1");
    slider.setAttribute("aria-valuemax", String(modes.levels.length));
    note.textContent = plotNote(modes, ui.kind, fit.intervals[ui.interval] ?? "", plan.rowHeight < DENSE_ROW);
    this.#strip.el.hidden = !canZoom(this.#context);
    this.#strip.draw(modes, plan);
    this.mark();
  }

  #listen(): void {
    const { slider } = this.frame;
    slider.addEventListener("pointermove", (event) => this.#pointAt(event));
    slider.addEventListener("pointerleave", () => this.#context.point(null));
    slider.addEventListener("click", () => this.#context.keep());
    slider.addEventListener("keydown", (event) => {
      if (this.#drawing && this.#obeyKey(this.#drawing.modes, event.key)) event.preventDefault();
    });
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    const box = this.frame.plot.querySelector("svg")?.getBoundingClientRect();
    if (!(this.#drawing && box?.width)) return;
    const { modes, plan } = this.#drawing;
    const zoom = plan.width / box.width;
    const index = nearest(plan, (clientX - box.left) * zoom, (clientY - box.top) * zoom);
    this.#context.point(index < 0 ? null : { group: modes.group, level: modes.levels[index]! });
  }

  /** Moves the spot, or the zoom window, by a key; false if the key means nothing here. */
  #obeyKey(modes: Modes, key: string): boolean {
    const context = this.#context;
    const order = levelOrder(modes, context.ui.order);
    const { window } = context.ui;
    if (isZoomKey(key)) {
      context.setUi({ window: zoomed(window, order.length, key) });
      return true;
    }
    if (key === "Enter" || key === " ") {
      context.keep();
      return true;
    }
    if (key === "Escape") {
      context.keep(false);
      context.point(null);
      return true;
    }
    const index = this.#spottedIndex(modes);
    const rank = steppedRank(index < 0 ? -1 : order.indexOf(index), window, order.length, key);
    if (rank === undefined) return false;
    const moved = including(window, order.length, rank);
    if (moved !== window) context.setUi({ window: moved });
    context.point({ group: modes.group, level: modes.levels[order[rank]!]! });
    return true;
  }

  /** The position of the level that the spot is on, -1 if it is on none of this factor. */
  #spottedIndex(modes: Modes): number {
    const { spot } = this.#context;
    return spot?.group === modes.group ? modes.levels.indexOf(spot.level) : -1;
  }
}
