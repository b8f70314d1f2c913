/** The controls of the plot: group, what is shown, interval, order, zoom; and the buttons that save it. */
import { type Option, select, toggles } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { fileName, savePng, saveSvg } from "../../dom/export.ts";
import type { Context, Kind } from "../../host/context.ts";
import { groupSelect } from "../group_select.ts";
import { type ZoomKey, zoomed } from "./window.ts";

/** Above this many levels one can zoom. */
const ZOOM_ABOVE = 120;

const KINDS: (Option & { value: Kind })[] = [
  { value: "modes", label: "Modes", title: "Conditional modes: how far each level is from the fixed effect" },
  { value: "coef", label: "Coefficients", title: "Fixed effect plus conditional mode" },
  { value: "qq", label: "QQ", title: "Conditional modes against standard normal quantiles" },
];

const ZOOMS: { key: ZoomKey; label: string; name: string }[] = [
  { key: "+", label: "\uff0b", name: "Zoom in" },
  { key: "-", label: "\uff0d", name: "Zoom out" },
  { key: "0", label: "All", name: "Show all levels" },
];

export function canZoom(context: Context): boolean {
  return (context.modes()?.levels.length ?? 0) > ZOOM_ABOVE && context.ui.kind !== "qq";
}

export function drawControls(context: Context): HTMLElement[] {
  if (!context.fit) return [];
  const { kind } = context.ui;
  return [
    ...groupSelect(context),
    toggles("Show", "kind", KINDS, kind, (chosen) => context.setUi({ kind: chosen as Kind })),
    intervalToggles(context, context.fit.intervals),
    ...(kind === "qq" ? [] : [orderSelect(context)]),
    ...(canZoom(context) ? [zoomButtons(context)] : []),
  ];
}

function intervalToggles(context: Context, confLevels: string[]): HTMLElement {
  const options = confLevels.map((level, i) => ({
    value: String(i),
    label: `${level}%`,
    title: `${level}% intervals`,
  }));
  const chosen = (interval: string): void => context.setUi({ interval: Number(interval) });
  return toggles("Interval", "interval", options, String(context.ui.interval), chosen);
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
    h(
      "button",
      {
        type: "button",
        class: "mw-button",
        "data-control": `zoom${key}`,
        "aria-label": name,
        title: `${name} (key ${key})`,
        onclick: () => context.setUi({ window: zoomed(context.ui.window, length, key) }),
      },
      label,
    ),
  );
  const word = h("span", { class: "mw-quiet", "aria-hidden": "true" }, "Zoom");
  return h("span", { class: "mw-group", role: "group", "aria-label": "Zoom" }, word, ...buttons);
}

/** Buttons that save the drawing inside a frame. */
export function saveButtons(context: Context, frame: HTMLElement): HTMLElement {
  const picture = (): SVGSVGElement => frame.querySelector("svg")!;
  const file = (): string => fileName(`caterpillar-${context.ui.group}`);
  const button = (format: string, save: () => void): HTMLElement =>
    h(
      "button",
      { type: "button", class: "mw-button", "aria-label": `Save the plot as ${format}`, onclick: save },
      format,
    );
  return h(
    "span",
    { class: "mw-group" },
    button("SVG", () => saveSvg(picture(), file())),
    button("PNG", () => void savePng(picture(), file())),
  );
}
