/** The intervals of the fixed effects on one scale, beside their numbers. */
import { tickText } from "../../core/format.ts";
import { linear, type Scale, ticks } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import type { FixedRow } from "./rows.ts";

export const INTERCEPT = "(Intercept)";
const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;
const AXIS_HEIGHT = 16;
const EDGE = 14;
const PIXELS_PER_TICK = 60;

/** Where ratios have their ticks. */
const RATIOS = [0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100];
const RATIO_GAP = 24;

export interface Forest {
  width: number;
  /** Logarithmic for ratios. */
  x: (value: number) => number;
  /** Where there is no effect: 0, or a ratio of 1. */
  none: number;
  marks: [number, string][];
  /** Whether there is anything beside the intercept. */
  hasTerms: boolean;
}

/** One scale for all terms but the intercept; where there is no effect is on it. */
export function forestOf(rows: FixedRow[], width: number, isRatio = false): Forest {
  const terms = rows.filter(({ name }) => name !== INTERCEPT);
  const place = isRatio ? Math.log : Number;
  const none = isRatio ? 1 : 0;
  const low = Math.min(0, ...terms.map((row) => place(row.low ?? none)));
  const high = Math.max(0, ...terms.map((row) => place(row.high ?? none)));
  const scale = linear([low, high], [EDGE, width - EDGE]);
  const x = (value: number): number => scale(place(value));
  return { width, x, none, marks: isRatio ? ratioMarks(x, width) : marksOf(scale, width), hasTerms: terms.length > 0 };
}

const marksOf = ({ domain }: Scale, width: number): [number, string][] =>
  ticks(domain, Math.max(2, Math.floor(width / PIXELS_PER_TICK))).map((value) => [value, tickText(value, domain)]);

/** Those that are in view and not too near to the one before. */
function ratioMarks(x: Forest["x"], width: number): [number, string][] {
  let last = 0;
  return RATIOS.filter((value) => {
    const isFree = x(value) >= Math.max(EDGE, last) && x(value) < width - EDGE + 1;
    if (isFree) last = x(value) + RATIO_GAP;
    return isFree;
  }).map((value) => [value, String(value)]);
}

export function drawForest(
  estimate: number,
  low: number,
  high: number,
  { width, x, none }: Forest,
  words: string,
): SVGSVGElement {
  return s(
    "svg.mw-svg mw-forest",
    { width, height: HEIGHT, role: "img", "aria-label": words },
    s("title", {}, words),
    s("path.mw-zero", { d: `M${x(none)} -2V${HEIGHT + 2}` }),
    s("path.mw-interval mw-clear", { "stroke-width": 2.5, d: `M${x(low)} ${MIDDLE}H${x(high)}` }),
    s("path.mw-dot", { "stroke-width": 9, d: `M${x(estimate)} ${MIDDLE}h.01` }),
  );
}

export function drawAxis({ width, x, marks }: Forest): SVGSVGElement {
  const drawn = marks.flatMap(([value, text]) => [
    s("path.mw-grid-line", { d: `M${x(value)} 0v4` }),
    s("text.mw-tick", { x: x(value), y: AXIS_HEIGHT - 1, "text-anchor": "middle" }, text),
  ]);
  return s("svg.mw-svg mw-forest", { width, height: AXIS_HEIGHT }, ...drawn);
}
