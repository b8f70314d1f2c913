/** Levels of one effect alone: a row each, with an arrow from the own estimate to the model's, on bands of the Gaussian. */
import { shortened } from "../../core/format.ts";
import { disc, round } from "../../core/path.ts";
import { linear, type Scale } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import { type Area, areaIn, clipped, drawGround, drawSvg, drawText, drawXAxis, type Size } from "../axes/draw.ts";
import { hasOwn, type Shrinkage, type Stand } from "./data.ts";
import type { Drawing } from "./draw.ts";
import { arrow, drawMarks, noMarks, radius } from "./marks.ts";
import { titled } from "./plane.ts";

const MARGIN = { left: 60, top: 20, right: 8, bottom: 36 };
const NAME_STEP = 11;
const MAX_NAME = 8;
const LEAST_SPOT = 6;
const DENSE = 6;
const OWN_RADIUS = 2.6;

interface Plan {
  data: Shrinkage;
  now: Stand;
  area: Area;
  x: Scale;
  /** The levels from the top, and the row of each. */
  order: Int32Array;
  row: Int32Array;
  step: number;
}

export function drawRows(data: Shrinkage, now: Stand, size: Size, isLast: boolean): Drawing {
  const area = areaIn(size, MARGIN);
  const plan = planned(data, now, area);
  const overlay = s("g");
  const svg = drawSvg(
    "mw-svg mw-shrink",
    size,
    "",
    drawGround(area),
    drawText(data.view.group, 0, 11, "start"),
    drawText(titled(data, 0, area.width), area.left + area.width / 2, size.height - 4, "middle"),
    ...drawXAxis(area, plan.x),
    clipped(area, ...(isLast ? [] : drawBands(plan)), drawAverage(plan)),
    ...(isLast ? [] : nameBands(plan)),
    overlay,
    clipped(area, ...drawLevels(plan)),
    ...drawNames(plan),
  );
  return {
    svg,
    overlay,
    nearest: (px, py) => levelAt(plan, px, py),
    spot: (level) => (level < 0 ? [] : drawSpot(plan, level)),
  };
}

function planned(data: Shrinkage, now: Stand, area: Area): Plan {
  const x = linear(data.view.ranges[0]!, [area.left, area.left + area.width]);
  const estimate = data.estimate.coef;
  const value = (level: number): number => (hasOwn(data, level) ? data.own[level]! : estimate[level]!);
  const order = Int32Array.from({ length: data.n }, (_, level) => level).sort((p, q) => value(q) - value(p));
  const row = new Int32Array(data.n);
  order.forEach((level, i) => {
    row[level] = i;
  });
  return { data, now, area, x, order, row, step: area.height / data.n };
}

const middle = ({ area, row, step }: Plan, level: number): number => area.top + (row[level]! + 0.5) * step;

/** Left and right end of the band of a contour. */
function ends({ now, x }: Plan, r: number): [number, number] {
  const half = r * now.spread[0]!;
  return [x(now.centre[0]! - half), x(now.centre[0]! + half)];
}

function drawBands(plan: Plan): SVGElement[] {
  const { top, height } = plan.area;
  return plan.data.view.contours.map(({ radius: r }) => {
    const [left, right] = ends(plan, r);
    return s("rect.mw-hill", { x: left, y: top, width: Math.max(0, right - left), height });
  });
}

function nameBands(plan: Plan): SVGElement[] {
  const { left, top, width, height } = plan.area;
  return plan.data.view.contours.flatMap(({ label, radius: r }, i, all) => {
    const [low, high] = ends(plan, r);
    const inner = all[i + 1] ? ends(plan, all[i + 1]!.radius)[1] : low;
    if (!(high < left + width && high - inner > 30)) return [];
    return [s("text.mw-halo mw-hill-name", { x: high - 3, y: top + height - 6, "text-anchor": "end" }, label)];
  });
}

function drawAverage({ now, area, x }: Plan): SVGElement {
  const at = x(now.centre[0]!);
  const name = s("text.mw-halo mw-mark-name", { x: at - 6, y: area.top + 13, "text-anchor": "end" }, "average");
  return s("g", {}, s("path.mw-average", { d: `M${round(at)} ${area.top}v${area.height}` }), name);
}

function drawLevels(plan: Plan): SVGElement[] {
  const { data, now, x, step } = plan;
  const isDense = step < DENSE;
  const paths = noMarks();
  for (let level = 0; level < data.n; level++) {
    const [y, to] = [middle(plan, level), x(now.coef[level]!)];
    const r = isDense ? 1.6 : Math.min(step / 2, radius(data.size[level]!, data.largest) * 0.8);
    if (Number.isFinite(to)) paths.model += disc(to, y, r);
    if (!hasOwn(data, level)) continue;
    const from = x(data.own[level]!);
    const { shaft, head } = arrow(from, y, to, y, r + 1);
    paths.shaft += shaft;
    if (!isDense) paths.head += head;
    paths.own += disc(from, y, isDense ? 1.2 : Math.min(OWN_RADIUS, step / 2));
  }
  return drawMarks(paths, data.n);
}

function drawNames({ data, area, order, step }: Plan): SVGElement[] {
  const every = Math.ceil(NAME_STEP / step);
  return Array.from(order.filter((_, i) => i % every === 0)).map((level, i) =>
    drawText(shortened(data.names[level]!, MAX_NAME), area.left - 6, area.top + (i * every + 0.5) * step + 4, "end"),
  );
}

function levelAt({ area, order, step }: Plan, px: number, py: number): number {
  const row = Math.floor((py - area.top) / step);
  return px >= 0 && row >= 0 ? (order[row] ?? -1) : -1;
}

function drawSpot(plan: Plan, level: number): SVGElement[] {
  const { data, now, area, x, step } = plan;
  const [y, height] = [middle(plan, level), Math.max(LEAST_SPOT, step)];
  const to = x(now.coef[level]!);
  const from = hasOwn(data, level) ? x(data.own[level]!) : to;
  return [
    s("rect.mw-spot-row", { x: area.left, y: y - height / 2, width: area.width, height }),
    s(
      "text.mw-halo mw-mark-name",
      { x: area.left - 6, y: y + 4, "text-anchor": "end" },
      shortened(data.names[level]!, MAX_NAME),
    ),
    ...(Number.isFinite(to) ? [s("path.mw-spot-arrow", { d: `M${round(from)} ${round(y)}H${round(to)}` })] : []),
  ];
}
