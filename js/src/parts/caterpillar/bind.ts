/** The caterpillar plot: conditional modes and intervals, one panel per term, all panels in one order. */
import type { Modes } from "../../core/decode.ts";
import { count } from "../../core/format.ts";
import { h, s } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import { canZoom, drawControls, saveButtons } from "./controls.ts";
import { DENSE_ROW, drawPanels } from "./draw.ts";
import { type Layout, layout, levelOrder, nearest } from "./layout.ts";
import { overview } from "./overview.ts";
import { describeLevel, drawSpot } from "./spot.ts";
import { including, isZoomKey, steppedRank, zoomed } from "./window.ts";
import { plotNote } from "./words.ts";

/** Width in pixels until the plot stands in the page. */
const FIRST_WIDTH = 640;

/** What is drawn: kept for the marks of the spot, which come and go without a redraw. */
interface Drawing {
  modes: Modes;
  plan: Layout;
  overlay: SVGGElement;
}

export function caterpillar(context: Context): Part {
  const bar = h("div", { class: "mw-controls" });
  const frame = h("div", { class: "mw-plot" });
  const slider = h(
    "div",
    {
      class: "mw-slider",
      role: "slider",
      tabindex: 0,
      "aria-label": "Levels of the caterpillar plot",
      "aria-orientation": "vertical",
    },
    frame,
  );
  const strip = overview(context);
  const readout = h("div", { class: "mw-readout", "aria-hidden": "true" });
  const note = h("p", { class: "mw-note" });
  let drawing: Drawing | null = null;
  let width = 0;

  const updateBar = (): void => keepFocus(bar, "control", () => bar.replaceChildren(...drawControls(context)));
  const updatePlot = (): void => {
    const { fit, ui } = context;
    const modes = context.modes();
    if (!(modes && fit)) return;
    const plan = layout(modes, ui, width || FIRST_WIDTH);
    const overlay = s("g", { "data-overlay": "" });
    drawing = { modes, plan, overlay };
    frame.replaceChildren(drawPanels(plan, modes, ui.kind, overlay));
    slider.setAttribute("aria-valuemin", "1");
    slider.setAttribute("aria-valuemax", String(modes.levels.length));
    note.textContent = plotNote(modes, ui.kind, fit.intervals[ui.interval] ?? "", plan.rowHeight < DENSE_ROW);
    strip.el.hidden = !canZoom(context);
    strip.draw(modes, plan);
    mark();
  };
  const mark = (): void => {
    if (!drawing) return;
    const { modes, plan, overlay } = drawing;
    const index = spottedIndex(context, modes);
    const isLit = index >= 0;
    const text = isLit
      ? describeLevel(plan, modes, context.ui.kind, index)
      : `${count(modes.levels.length)} levels of ${modes.group}`;
    const rank = isLit ? levelOrder(modes, context.ui.order).indexOf(index) : 0;
    overlay.replaceChildren(...(isLit ? drawSpot(plan, index) : []));
    readout.textContent = text;
    slider.setAttribute("aria-valuenow", String(rank + 1));
    slider.setAttribute("aria-valuetext", text);
  };
  const update = (): void => {
    updateBar();
    updatePlot();
  };

  slider.addEventListener("pointermove", (event) => {
    const box = frame.querySelector("svg")?.getBoundingClientRect();
    if (!(drawing && box) || box.width === 0) return;
    const { modes, plan } = drawing;
    const zoom = plan.width / box.width;
    const index = nearest(plan, (event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom);
    context.point(index < 0 ? null : { group: modes.group, level: modes.levels[index]! });
  });
  slider.addEventListener("pointerleave", () => context.point(null));
  slider.addEventListener("keydown", (event) => {
    if (drawing && obeyKey(context, drawing.modes, event.key)) event.preventDefault();
  });
  const resized = new ResizeObserver(([entry]) => {
    const now = Math.round(entry?.contentRect.width ?? 0);
    if (now === 0 || now === width) return;
    width = now;
    updatePlot();
  });
  resized.observe(slider);
  context.on("fit", update);
  context.on("ui", update);
  context.on("spot", mark);
  updateBar();
  // once the widget stands in the page its width is known, and the plot is drawn only once
  queueMicrotask(() => {
    width ||= slider.clientWidth;
    updatePlot();
  });
  const el = h(
    "div",
    { class: "mw-caterpillar", role: "group", "aria-label": "Caterpillar plot" },
    bar,
    h("div", { class: "mw-plot-row" }, slider, strip.el),
    h("div", { class: "mw-row" }, readout, saveButtons(context, frame)),
    note,
  );
  return { el, stop: () => resized.disconnect() };
}

/** The position of the level that the spot is on, -1 if it is on none of this factor. */
function spottedIndex({ spot }: Context, modes: Modes): number {
  return spot?.group === modes.group ? modes.levels.indexOf(spot.level) : -1;
}

/** Moves the spot, or the zoom window, by a key; false if the key means nothing here. */
function obeyKey(context: Context, modes: Modes, key: string): boolean {
  const order = levelOrder(modes, context.ui.order);
  const { window } = context.ui;
  if (isZoomKey(key)) {
    context.setUi({ window: zoomed(window, order.length, key) });
    return true;
  }
  if (key === "Escape") {
    context.point(null);
    return true;
  }
  const index = spottedIndex(context, modes);
  const rank = steppedRank(index < 0 ? -1 : order.indexOf(index), window, order.length, key);
  if (rank === undefined) return false;
  const moved = including(window, order.length, rank);
  if (moved !== window) context.setUi({ window: moved });
  context.point({ group: modes.group, level: modes.levels[order[rank]!]! });
  return true;
}
