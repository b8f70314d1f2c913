/** The criterion above the slider, on the same scale from left to right, with the estimate where it is lowest. */
import { round } from "../../core/path.ts";
import { linear } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import { type Area, areaIn, BASELINE, clipped, drawGround, drawSvg, drawText, type Size } from "../axes/draw.ts";
import type { Shrinkage } from "./data.ts";

/** The curve is cut this far above its lowest: beyond, all places are out of the question. */
const CUT = { roomy: 40, compact: 30 };
const MARGIN = { left: 46, top: 22, right: 8, bottom: 2 };
const COMPACT_LEFT = 26;

interface CurveSize extends Size {
  isCompact: boolean;
}

/** Where the curve begins and ends, so that the slider does too. */
export const curveEnds = ({ width, isCompact }: CurveSize): [number, number] => [
  isCompact ? COMPACT_LEFT : MARGIN.left,
  width - MARGIN.right,
];

export function drawCurve(data: Shrinkage, stop: number, size: CurveSize): SVGSVGElement {
  const { width, height, isCompact } = size;
  const { view } = data;
  const [left, right] = curveEnds(size);
  const area = areaIn(size, { ...MARGIN, left });
  const cut = isCompact ? CUT.compact : CUT.roomy;
  const x = linear([0, 1], [left, right]);
  const y = linear([0, cut], [area.top + area.height, area.top]);
  const whole = { ...area, height: area.height + MARGIN.bottom };
  const middle = x(view.middle / (view.n_stops - 1));
  return drawSvg(
    "mw-svg mw-curve",
    size,
    "",
    drawGround(area),
    ...[0, cut / 2, cut].flatMap((rise) => [
      s("path.mw-grid-line", { d: `M${left} ${y(rise)}H${right}` }),
      drawText(rise ? `+${rise}` : "0", left - 6, y(rise) + (rise ? BASELINE : 0), "end"),
    ]),
    drawText(title(view.method, size), 0, 11, "start"),
    s("path.mw-at-estimate", { d: `M${round(middle)} ${area.top}V${height}` }),
    s(
      "text.mw-estimate-name",
      { x: middle, y: 11, "text-anchor": "middle" },
      width < 560 ? "estimate" : view.words.lowest,
    ),
    clipped(whole, s("path.mw-curve-line", { d: line(data, x, y) })),
    ...drawHere(x(stop / (view.n_stops - 1)), data.rise[stop]!, area, y, stop < view.middle),
  );
}

function title(method: string, { width, isCompact }: CurveSize): string {
  if (isCompact) return method;
  return width < 560 ? `${method} above its lowest` : `${method} criterion above its lowest`;
}

function line(data: Shrinkage, x: (value: number) => number, y: (value: number) => number): string {
  let path = "";
  for (let i = 0; i < data.finePlace.length; i++) {
    const rise = Math.min(data.fineRise[i]!, 1e4); // what is infinite leaves the picture steeply
    path += `${path ? "L" : "M"}${round(x(data.finePlace[i]!))} ${round(y(rise))}`;
  }
  return path;
}

/** Where the slider stands: on the curve, or above the picture with the number. */
function drawHere(
  at: number,
  rise: number,
  { top }: Area,
  y: (value: number) => number,
  isLeft: boolean,
): SVGElement[] {
  const height = y(rise);
  if (height >= top) return [s("circle.mw-curve-dot", { cx: at, cy: height, r: 5.5 })];
  const [x, anchor] = isLeft ? [at + 9, "start"] : [at - 9, "end"];
  const text = Number.isFinite(rise) ? `+${Math.round(rise).toLocaleString("en-US")}` : "no end";
  return [
    s("path.mw-curve-dot", { d: `M${round(at)} ${top + 1}l5 8h-10z` }),
    s("text.mw-halo", { x, y: top + 11, "text-anchor": anchor }, text),
  ];
}
