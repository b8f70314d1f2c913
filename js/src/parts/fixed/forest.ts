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

export interface Forest {
  width: number;
  x: Scale;
  /** Whether there is anything beside the intercept. */
  hasTerms: boolean;
}

/** One scale for all terms but the intercept; zero is on it. */
export function forestOf(rows: FixedRow[], width: number): Forest {
  const terms = rows.filter(({ name }) => name !== INTERCEPT);
  const low = Math.min(0, ...terms.map((row) => row.low ?? 0));
  const high = Math.max(0, ...terms.map((row) => row.high ?? 0));
  return { width, x: linear([low, high], [EDGE, width - EDGE]), hasTerms: terms.length > 0 };
}

export function drawForest(
  estimate: number,
  low: number,
  high: number,
  { width, x }: Forest,
  words: string,
): SVGSVGElement {
  return s(
    "svg",
    { class: "mw-svg mw-forest", width, height: HEIGHT, role: "img", "aria-label": words },
    s("title", {}, words),
    s("path", { class: "mw-zero", d: `M${x(0)} -2V${HEIGHT + 2}` }),
    s("path", { class: "mw-interval mw-clear", "stroke-width": 2.5, d: `M${x(low)} ${MIDDLE}H${x(high)}` }),
    s("path", { class: "mw-dot", "stroke-width": 9, d: `M${x(estimate)} ${MIDDLE}h.01` }),
  );
}

export function drawAxis({ width, x }: Forest): SVGSVGElement {
  const marks = ticks(x.domain, Math.max(2, Math.floor(width / PIXELS_PER_TICK))).flatMap((value) => [
    s("path", { class: "mw-grid-line", d: `M${x(value)} 0v4` }),
    s(
      "text",
      { class: "mw-tick", x: x(value), y: AXIS_HEIGHT - 1, "text-anchor": "middle" },
      tickText(value, x.domain),
    ),
  ]);
  return s("svg", { class: "mw-svg mw-forest", width, height: AXIS_HEIGHT }, ...marks);
}
