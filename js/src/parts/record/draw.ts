/** One parameter over the samples: dots piled up, a line at the truth, the last sample with its interval. */
import { dotPath, noMarks, round } from "../../core/path.ts";
import { linear, type Scale } from "../../core/scale.ts";
import { h, s } from "../../dom/element.ts";
import type { ParameterRecord } from "../../types.ts";
import { drawGround, drawSvg, drawXAxis } from "../axes/draw.ts";

const SIDE = 10;
const AXIS = 18;
/** Of a dot, and so of a pile, in pixels. */
const DOT = 6;
const LEAST_STEP = 1.5;
const MARGIN = 0.06;

export function drawParameter(parameter: ParameterRecord, width: number, height: number): HTMLElement {
  const label = `${parameter.name}: ${parameter.sentence}`;
  return h(
    "div.mw-record-row",
    {},
    h("p", {}, h("span.mw-term", {}, parameter.name), " ", h("span.mw-note", {}, parameter.sentence)),
    drawDots(parameter, label, width, height),
  );
}

function drawDots(parameter: ParameterRecord, label: string, width: number, height: number): SVGSVGElement {
  const area = { left: SIDE, top: 2, width: width - 2 * SIDE, height: height - AXIS };
  const x = linear(domainOf(parameter), [area.left, area.left + area.width]);
  const bottom = area.top + area.height;
  const last = parameter.values.length - 1;
  const marks = pile(parameter.values, x, bottom, area.height);
  const at = { x: marks.x[last], y: marks.y[last] };
  return drawSvg(
    "mw-record-plot",
    { width, height },
    label,
    drawGround(area),
    ...drawXAxis(area, x),
    parameter.truth === null ? null : s("path.mw-truth", { d: `M${round(x(parameter.truth))} ${area.top}V${bottom}` }),
    drawInterval(parameter, last, x, bottom),
    s("path.mw-estimates", { d: dotPath(marks), "stroke-width": DOT }),
    at.x === undefined || at.y === undefined || Number.isNaN(at.x)
      ? null
      : s("circle.mw-last", { cx: round(at.x), cy: round(at.y), r: DOT / 2 + 1 }),
  );
}

/** The interval of a sample, a line at the foot of the plot. */
function drawInterval({ lows, highs }: ParameterRecord, i: number, x: Scale, bottom: number): SVGElement | null {
  const low = lows[i] ?? null;
  const high = highs[i] ?? null;
  if (low === null || high === null) return null;
  const [from, to] = x.domain;
  return s("path.mw-last-interval", {
    d: `M${round(x(Math.max(low, from)))} ${bottom - 1}H${round(x(Math.min(high, to)))}`,
  });
}

/** All estimates and the truth, with a margin. */
function domainOf({ values, truth, lows, highs }: ParameterRecord): [number, number] {
  const last = values.length - 1;
  const all = [...values, truth, lows[last] ?? null, highs[last] ?? null].filter((value) => value !== null);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const pad = (high - low) * MARGIN || Math.abs(high) * MARGIN || 1;
  return [low - pad, high + pad];
}

/** Places of dots: those of one column stand on each other, closer where there are many. */
function pile(values: (number | null)[], x: Scale, bottom: number, height: number): ReturnType<typeof noMarks> {
  const columns = values.map((value) => (value === null ? Number.NaN : Math.round(x(value) / DOT)));
  const counts = new Map<number, number>();
  for (const column of columns) counts.set(column, (counts.get(column) ?? 0) + 1);
  const step = Math.max(LEAST_STEP, Math.min(DOT, (height - DOT) / Math.max(...counts.values())));
  const marks = noMarks();
  const filled = new Map<number, number>();
  for (const column of columns) {
    const rank = filled.get(column) ?? 0;
    filled.set(column, rank + 1);
    marks.x.push(column * DOT);
    marks.y.push(bottom - DOT / 2 - 2 - rank * step);
  }
  return marks;
}
