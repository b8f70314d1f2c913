/** The ground of a plot: its size, axes with round values, their titles, a line of the grid at each value. */
import { tickText } from "../../core/format.ts";
import { type Scale, ticks } from "../../core/scale.ts";
import { type Child, s, uniqueId } from "../../dom/element.ts";

const PIXELS_PER_X = 70;
const PIXELS_PER_Y = 36;
const DROP = 14;
const GAP = 6;
/** From the middle of a line of text to its baseline. */
export const BASELINE = 3.5;

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** The area that margins leave. */
export function areaIn({ width, height }: Size, margin: Record<"left" | "top" | "right" | "bottom", number>): Area {
  const { left, top, right, bottom } = margin;
  return { left, top, width: width - left - right, height: height - top - bottom };
}

/** A picture of a size; without a name for those who do not see it, words beside it say what it shows. */
export function drawSvg(classes: string, { width, height }: Size, name: string, ...children: Child[]): SVGSVGElement {
  const said = name ? { role: "img", "aria-label": name } : { "aria-hidden": "true" };
  return s("svg", { class: classes, width, height, viewBox: `0 0 ${width} ${height}`, ...said }, ...children);
}

/** As much of the children as lies in an area. */
export function clipped({ left, top, width, height }: Area, ...children: Child[]): SVGElement {
  const id = uniqueId("clip");
  const area = s("rect", { x: left, y: top, width, height });
  return s("g", { "clip-path": `url(#${id})` }, s("clipPath", { id }, area), ...children);
}

/** The ground of an area. */
export const drawGround = ({ left, top, width, height }: Area): SVGElement =>
  s("rect.mw-panel-ground", { x: left, y: top, width, height });

/** Round values below an area, with a line of the grid at each. */
export function drawXAxis({ top, width, height }: Area, x: Scale): SVGElement[] {
  const places = ticks(x.domain, Math.max(2, Math.floor(width / PIXELS_PER_X)));
  return places.flatMap((value) => [
    s("path.mw-grid-line", { d: `M${x(value)} ${top}v${height}` }),
    drawText(tickText(value, x.domain), x(value), top + height + DROP, "middle"),
  ]);
}

/** About so many round values left of an area, with a line of the grid at each. */
export function drawYAxis(
  area: Area,
  y: Scale,
  count = Math.max(2, Math.floor(area.height / PIXELS_PER_Y)),
): SVGElement[] {
  const { left, width } = area;
  return ticks(y.domain, count).flatMap((value) => [
    s("path.mw-grid-line", { d: `M${left} ${y(value)}h${width}` }),
    drawText(tickText(value, y.domain), left - GAP, y(value) + BASELINE, "end"),
  ]);
}

/** A text of an axis. */
export const drawText = (text: string, x: number, y: number, anchor: "start" | "middle" | "end"): SVGElement =>
  s("text.mw-tick", { x, y, "text-anchor": anchor }, text);
