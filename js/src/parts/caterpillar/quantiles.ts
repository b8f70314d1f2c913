/** What a QQ plot has besides its points: the line through the quartiles, and the names of the outermost levels. */
import type { Modes } from "../../core/decode.ts";
import { shortened } from "../../core/format.ts";
import type { Scale } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import { CHARACTER, MAX_NAME, type Panel } from "./layout.ts";

/** So many levels at either end have their names. */
const OUTERMOST = 3;
/** Names that are closer than this would touch. */
const LINE_HEIGHT = 11;
const BASELINE = 3.5;
const BESIDE = 5;

/** The line as far as it lies in the panel. */
export function drawQuantileLine({ column, x, left, width }: Panel, y: Scale): SVGPathElement {
  const [intercept, slope] = column.line;
  const within = (z: number): number => Math.max(left, Math.min(left + width, x(intercept + slope * z)));
  const points = y.domain.map((z) => {
    const end = within(z);
    return `${end} ${slope > 0 ? y((x.invert(end) - intercept) / slope) : y(z)}`;
  });
  return s("path.mw-quantile-line", { d: `M${points.join("L")}` });
}

/** From the ends inwards, those beside whose marks there is room. */
export function drawQuantileNames(panel: Panel, modes: Modes): SVGTextElement[] {
  const n = panel.order.length;
  const end = Math.min(OUTERMOST, Math.ceil(n / 2));
  const ranks = [...Array(end).keys()].flatMap((i) => (n - 1 - i > i ? [i, n - 1 - i] : [i]));
  const placed: number[] = [];
  return ranks.flatMap((rank) => {
    const middle = panel.y[rank]!;
    if (placed.some((other) => Math.abs(other - middle) < LINE_HEIGHT)) return [];
    const label = drawName(panel, modes, rank);
    if (label) placed.push(middle);
    return label ?? [];
  });
}

function drawName({ order, y, x, ends, left, width }: Panel, modes: Modes, rank: number): SVGTextElement | null {
  const index = order[rank]!;
  const name = shortened(modes.levels[index]!, MAX_NAME);
  const room = name.length * CHARACTER + BESIDE;
  const [low, high] = [x(ends.low[index]!), x(ends.high[index]!)];
  const isLeft = low - room >= left;
  if (!isLeft && high + room > left + width) return null;
  const place = { x: isLeft ? low - BESIDE : high + BESIDE, "text-anchor": isLeft ? "end" : "start" };
  return s("text.mw-level", { ...place, y: y[rank]! + BASELINE }, name);
}
