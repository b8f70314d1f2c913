/** The caterpillar plot with its controls: conditional modes and intervals, one panel per term, all panels in one order. */
import { count, signif } from "../core/format.ts";
import { ranks } from "../core/order.ts";
import type { Modes } from "../core/decode.ts";
import { h, s, uniqueId } from "../dom/element.ts";
import { savePng, saveSvg } from "../dom/export.ts";
import type { Context, Kind, Part } from "../context.ts";
import { DENSE_ROW, drawPanels } from "./caterpillar_draw.ts";
import { at, layout, levelOrder, nearest, type Layout } from "./panels.ts";
import { overview } from "./overview.ts";

const KINDS: [Kind, string, string][] = [
  ["modes", "Modes", "Conditional modes: how far each level is from the fixed effect"],
  ["coef", "Coefficients", "Fixed effect plus conditional mode"],
  ["qq", "QQ", "Conditional modes against standard normal quantiles"],
];
/** Above this many levels the strip for zooming appears. */
const ZOOM_ABOVE = 120;
const DEFAULT_WIDTH = 640;

export function caterpillar(context: Context): Part {
  const readout = h("div", { class: "mw-readout", "aria-hidden": "true" });
  const frame = h("div", { class: "mw-plot" });
  const slider = h("div", { class: "mw-slider", role: "slider", tabindex: 0, "aria-label": "Levels of the caterpillar plot", "aria-orientation": "vertical" }, frame);
  const strip = overview(context);
  const body = h("div", { class: "mw-plot-row" }, slider, strip.el);
  const bar = h("div", { class: "mw-controls" });
  const note = h("p", { class: "mw-note" });
  const el = h("div", { class: "mw-caterpillar", role: "group", "aria-label": "Caterpillar plot" }, bar, body, h("div", { class: "mw-row" }, readout, saveButtons(context, frame)), note);
  let modes: Modes | null = null;
  let plan: Layout | null = null;
  let overlay: SVGGElement | null = null;
  let ranked: Uint32Array = new Uint32Array();
  let width = 0;

  const interval = () => context.fit!.intervals[context.ui.interval] ?? context.fit!.intervals.at(-1)!;

  const draw = (): void => {
    modes = context.modes();
    if (!modes || !context.fit) return;
    plan = layout(modes, context.ui, interval().z, width || DEFAULT_WIDTH);
    ranked = ranks(levelOrder(modes, context.ui.order));
    overlay = s("g", { "data-overlay": "" });
    frame.replaceChildren(drawPanels(plan, modes, context.ui.kind, overlay));
    slider.setAttribute("aria-valuemin", "1");
    slider.setAttribute("aria-valuemax", String(modes.levels.length));
    note.textContent = zeroTerms(modes) + explain(context.ui.kind, interval().label, plan.rowHeight < DENSE_ROW);
    strip.el.hidden = modes.levels.length <= ZOOM_ABOVE || context.ui.kind === "qq";
    strip.draw(modes, plan);
    mark();
  };
  const drawBar = (): void => bar.replaceChildren(...controls(context));

  const mark = (): void => {
    if (!modes || !plan || !overlay) return;
    const spot = context.spot;
    const index = spot && spot.group === modes.group ? modes.levels.indexOf(spot.level) : -1;
    overlay.replaceChildren(...(index < 0 ? [] : spotMarks(plan, index)));
    const text = index < 0 ? `${count(modes.levels.length)} levels of ${modes.group}` : describe(plan, modes, index);
    readout.textContent = text;
    slider.setAttribute("aria-valuenow", String(index < 0 ? 1 : ranked[index]! + 1));
    slider.setAttribute("aria-valuetext", text);
  };

  const pointAt = (event: PointerEvent): void => {
    const svg = frame.querySelector("svg");
    if (!svg || !plan || !modes) return;
    const box = svg.getBoundingClientRect();
    if (box.width === 0) return;
    const zoom = plan.width / box.width;
    const index = nearest(plan, (event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom);
    context.point(index < 0 ? null : { group: modes.group, level: modes.levels[index]! });
  };
  slider.addEventListener("pointermove", pointAt);
  slider.addEventListener("pointerleave", () => context.point(null));
  slider.addEventListener("keydown", (event) => {
    if (!modes || !moved(context, modes, event.key)) return;
    event.preventDefault();
  });

  const resized = new ResizeObserver(([entry]) => {
    const now = Math.round(entry?.contentRect.width ?? 0);
    if (now === 0 || now === width) return;
    width = now;
    draw();
  });
  resized.observe(slider);
  context.on("fit", () => (keepFocus(bar, drawBar), draw()));
  context.on("ui", () => (keepFocus(bar, drawBar), draw()));
  context.on("spot", mark);
  drawBar();
  // once the view stands in the page its width is known, and the plot is drawn only once
  queueMicrotask(() => {
    width ||= slider.clientWidth;
    draw();
  });
  return { el, stop: () => resized.disconnect() };
}

/** A variance that is estimated as zero leaves nothing to see, which is worth a word. */
function zeroTerms(modes: Modes): string {
  const zero = modes.columns.filter(({ mode, sd }) => mode.every((value) => value === 0) && sd.every((value) => value === 0));
  return zero.length > 0 ? `All modes of ${zero.map(({ name }) => name).join(" and ")} are zero: the variance is estimated as zero. ` : "";
}

function explain(kind: Kind, label: string, dense: boolean): string {
  const marked = dense ? "Darker lines: the interval excludes zero." : "Filled points and thick lines: the interval excludes zero.";
  if (kind === "coef") return `Fixed effect plus conditional mode; ${label}% intervals from the conditional variances of the modes. ${marked.replace("zero", "the fixed effect")}`;
  const against = kind === "qq" ? " against standard normal quantiles: a straight line speaks for a normal distribution" : "";
  return `Conditional modes with ${label}% intervals from the conditional variances${against}. ${marked}`;
}

function describe(plan: Layout, modes: Modes, index: number): string {
  const terms = plan.panels.map((panel) => {
    const { mode, half } = at(panel, index);
    return `${panel.column.name} ${signif(panel.shift + mode)} \u00b1 ${signif(half)}`;
  });
  return `${modes.group} ${modes.levels[index]}: ${terms.join("; ")}; ${modes.size[index]} rows`;
}

/** A ring and a line in every panel; few nodes, so a hover stays within a frame. */
function spotMarks(plan: Layout, index: number): SVGElement[] {
  return plan.panels.flatMap((panel) => {
    const i = panel.order.indexOf(index);
    if (i < 0) return [];
    const y = panel.y[i]!;
    const { mode, half } = at(panel, index);
    return [
      s("rect", { class: "mw-spot-row", x: panel.left, y: y - Math.max(3, plan.rowHeight / 2), width: panel.width, height: Math.max(6, plan.rowHeight) }),
      s("path", { class: "mw-spot-line", d: `M${panel.x(panel.shift + mode - half)} ${y}H${panel.x(panel.shift + mode + half)}` }),
      s("circle", { class: "mw-spot-point", cx: panel.x(panel.shift + mode), cy: y, r: 5 }),
    ];
  });
}

/** Moves the spot, or the zoom window, by a key; false if the key means nothing here. */
function moved(context: Context, modes: Modes, key: string): boolean {
  const order = levelOrder(modes, context.ui.order);
  const [start, end] = context.ui.window ?? [0, order.length];
  if (key === "+" || key === "-" || key === "0") return zoomed(context, order.length, key);
  const spot = context.spot;
  const index = spot?.group === modes.group ? modes.levels.indexOf(spot.level) : -1;
  const now = index < 0 ? start - 1 : order.indexOf(index);
  const page = Math.max(1, Math.round((end - start) / 10));
  const next = { ArrowDown: now + 1, ArrowRight: now + 1, ArrowUp: now - 1, ArrowLeft: now - 1, Home: 0, End: order.length - 1, PageDown: now + page, PageUp: now - page }[key];
  if (key === "Escape") context.point(null);
  if (next === undefined) return key === "Escape";
  const position = Math.max(0, Math.min(order.length - 1, next));
  if (position < start || position >= end) {
    const first = Math.max(0, Math.min(order.length - (end - start), position - (position < start ? 0 : end - start - 1)));
    context.setUi({ window: [first, first + end - start] });
  }
  context.point({ group: modes.group, level: modes.levels[order[position]!]! });
  return true;
}

export function zoomed(context: Context, n: number, key: "+" | "-" | "0" | string): boolean {
  const [start, end] = context.ui.window ?? [0, n];
  if (key === "0") context.setUi({ window: null });
  else {
    const size = Math.max(10, Math.min(n, Math.round((end - start) * (key === "+" ? 0.5 : 2))));
    const first = Math.max(0, Math.min(n - size, Math.round((start + end - size) / 2)));
    context.setUi({ window: size >= n ? null : [first, first + size] });
  }
  return true;
}

function keepFocus(holder: HTMLElement, redraw: () => void): void {
  const active = (holder.getRootNode() as Document | ShadowRoot).activeElement as HTMLElement | null;
  const name = active && holder.contains(active) ? active.dataset["control"] : undefined;
  redraw();
  if (name) holder.querySelector<HTMLElement>(`[data-control="${name}"]`)?.focus();
}

function controls(context: Context): HTMLElement[] {
  const fit = context.fit;
  const columns = context.modes()?.columns ?? [];
  if (!fit) return [];
  const { ui } = context;
  const many = (context.modes()?.levels.length ?? 0) > ZOOM_ABOVE && ui.kind !== "qq";
  return [
    ...(context.groups.length > 1 ? [select("Group", "group", context.groups.map((group) => [group, group]), ui.group, (group) => context.setUi({ group, window: null, order: 0 }))] : []),
    toggles("Show", "kind", KINDS.map(([kind, label, title]) => ({ value: kind, label, title })), ui.kind, (kind) => context.setUi({ kind: kind as Kind })),
    toggles("Interval", "interval", fit.intervals.map(({ label }, i) => ({ value: String(i), label: `${label}%`, title: `${label}% intervals` })), String(ui.interval), (i) => context.setUi({ interval: Number(i) })),
    ...(ui.kind === "qq" ? [] : [select("Order", "order", [...columns.map((column, i): [string, string] => [String(i), `by ${column.name}`]), ["-1", "as in the data"]], String(ui.order), (order) => context.setUi({ order: Number(order) }))]),
    ...(many ? [h("span", { class: "mw-group", role: "group", "aria-label": "Zoom" }, h("span", { class: "mw-quiet", "aria-hidden": "true" }, "Zoom"), ...zoomButtons(context))] : []),
  ];
}

function saveButtons(context: Context, frame: HTMLElement): HTMLElement {
  const picture = (): SVGSVGElement => frame.querySelector<SVGSVGElement>("svg")!;
  const file = (): string => `caterpillar-${context.ui.group}`.replace(/[^\w.-]+/g, "_");
  return h(
    "span",
    { class: "mw-group" },
    h("button", { type: "button", class: "mw-button", "aria-label": "Save the plot as SVG", onclick: () => saveSvg(picture(), file()) }, "SVG"),
    h("button", { type: "button", class: "mw-button", "aria-label": "Save the plot as PNG", onclick: () => void savePng(picture(), file()) }, "PNG"),
  );
}

function zoomButtons(context: Context): HTMLElement[] {
  const n = context.modes()?.levels.length ?? 0;
  const names: [string, string, string][] = [["\uff0b", "+", "Zoom in"], ["\uff0d", "-", "Zoom out"], ["All", "0", "Show all levels"]];
  return names.map(([label, key, name]) =>
    h("button", { type: "button", class: "mw-button", "data-control": `zoom${key}`, "aria-label": name, title: `${name} (key ${key})`, onclick: () => void zoomed(context, n, key) }, label),
  );
}

export function select(name: string, control: string, options: [string, string][], value: string, chosen: (value: string) => void): HTMLElement {
  const id = uniqueId(control);
  const list = h("select", { id, "data-control": control }, ...options.map(([key, label]) => h("option", { value: key, selected: key === value }, label)));
  list.addEventListener("change", () => chosen(list.value));
  return h("span", { class: "mw-group" }, h("label", { for: id }, name), list);
}

interface Toggle {
  value: string;
  label: string;
  title: string;
}

function toggles(name: string, control: string, options: Toggle[], value: string, chosen: (value: string) => void): HTMLElement {
  const buttons = options.map((option) =>
    h("button", { type: "button", title: option.title, "aria-pressed": String(option.value === value), "data-control": `${control}-${option.value}`, onclick: () => chosen(option.value) }, option.label),
  );
  return h("span", { class: "mw-group mw-segments", role: "group", "aria-label": name }, ...buttons);
}
