/** The controls of the plot: group, what is shown, interval, order, zoom; and the buttons that save it. */
import { count } from "../../core/format.ts";
import { button, group, select, toggles } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { fileName, type Lettering, savePng, saveSvg } from "../../dom/export.ts";
import type { Context, Kind } from "../../host/context.ts";
import { groupSelect } from "../group_select.ts";
import { intervalToggles } from "../interval_toggles.ts";
import { type ZoomKey, zoomed } from "./window.ts";

/** Above this many levels one can zoom. */
const ZOOM_ABOVE = 120;

/** Name, the same where there is little room, explanation with R's word. */
const KINDS: [Kind, string, string, string][] = [
  ["modes", "Deviations from the average", "Deviations", "How far each level is from the average; in R: ranef()"],
  ["coef", "Coefficients", "Coefficients", "The average plus the deviation of each level; in R: coef()"],
  ["ridges", "Ridges", "Ridges", "The conditional distribution of each level"],
  ["qq", "QQ plot", "QQ", "Are the deviations normal? In R: qqnorm(), qqline()"],
];

const ZOOMS: { key: ZoomKey; label: string; name: string }[] = [
  { key: "+", label: "+", name: "Zoom in" },
  { key: "-", label: "\u2212", name: "Zoom out" },
  { key: "0", label: "All", name: "Show all levels" },
];

export function canZoom(context: Context): boolean {
  return (context.modes()?.levels.length ?? 0) > ZOOM_ABOVE && context.ui.kind !== "qq";
}

export function drawControls(context: Context): HTMLElement[] {
  const { room, ui } = context;
  const kinds = KINDS.map(([value, label, short, title]) => ({
    value,
    label: room.size === "wide" ? label : short,
    title,
  }));
  return [
    toggles("Show", "kind", kinds, ui.kind, (chosen) => context.setUi({ kind: chosen as Kind })),
    intervalToggles(context),
    ...(canZoom(context) ? [zoomButtons(context)] : []),
  ];
}

/** Which levels are shown, and in which order. */
export function drawChoices(context: Context): HTMLElement[] {
  return [...groupSelect(context), ...(context.ui.kind === "qq" ? [] : [orderSelect(context)])];
}

function orderSelect(context: Context): HTMLElement {
  const columns = context.modes()?.columns ?? [];
  const options = columns.map(({ name }, i) => ({ value: String(i), label: `by ${name}` }));
  options.push({ value: "-1", label: "as in the data" });
  const chosen = (order: string): void => context.setUi({ order: Number(order) });
  return select("Order", "order", options, String(context.ui.order), chosen);
}

function zoomButtons(context: Context): HTMLElement {
  const length = context.modes()?.levels.length ?? 0;
  const buttons = ZOOMS.map(({ key, label, name }) =>
    button(label, () => context.setUi({ window: zoomed(context.ui.window, length, key) }), {
      "data-control": `zoom${key}`,
      "aria-label": name,
      title: `${name} (key ${key})`,
    }),
  );
  const word = h("span.mw-quiet", { "aria-hidden": "true" }, "Zoom");
  return group("span.mw-group", "Zoom", word, ...buttons);
}

/** Buttons that save the drawing inside a frame under its formula and over its words. */
export function saveButtons(context: Context, frame: HTMLElement, note: HTMLElement): HTMLElement {
  const lettering = (): Lettering => {
    const { group, levels } = context.modes()!;
    return { title: context.fit!.formula, caption: `${count(levels.length)} levels of ${group}. ${note.textContent}` };
  };
  const picture = (): SVGSVGElement => frame.querySelector("svg")!;
  const file = (): string => fileName(`caterpillar-${context.ui.group}`);
  const saver = (format: string, save: () => void): HTMLElement =>
    button(format, save, { "aria-label": `Save the plot as ${format}` });
  return h(
    "span.mw-group",
    {},
    saver("SVG", () => saveSvg(picture(), file(), lettering())),
    saver("PNG", () => void savePng(picture(), file(), lettering())),
  );
}
