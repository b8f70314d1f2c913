/** The ground of a plot: axes with round values, their titles, a line of the grid at each value. */
import { tickText } from "../../core/format.ts";
import { type Scale, ticks } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";

const PIXELS_PER_X = 70;
const PIXELS_PER_Y = 36;
const DROP = 14;
const GAP = 6;
const BASELINE = 3.5;

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
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

/** Round values left of an area, with a line of the grid at each. */
export function drawYAxis({ left, width, height }: Area, y: Scale): SVGElement[] {
  const places = ticks(y.domain, Math.max(2, Math.floor(height / PIXELS_PER_Y)));
  return places.flatMap((value) => [
    s("path.mw-grid-line", { d: `M${left} ${y(value)}h${width}` }),
    drawText(tickText(value, y.domain), left - GAP, y(value) + BASELINE, "end"),
  ]);
}

/** A text of an axis. */
export const drawText = (text: string, x: number, y: number, anchor: "start" | "middle" | "end"): SVGElement =>
  s("text.mw-tick", { x, y, "text-anchor": anchor }, text);
