/** The means along a variable: lines with bands along a covariate, points with bars at the levels of a factor. */
import { float64 } from "../../core/decode.ts";
import { columnFormat, shortened } from "../../core/format.ts";
import { round } from "../../core/path.ts";
import { extent, linear, type Scale } from "../../core/scale.ts";
import { h, s } from "../../dom/element.ts";
import { head, numberCell, numberHead, table, termHead } from "../../dom/table.ts";
import type { EffectSeries, EffectsView } from "../../types.ts";
import {
  type Area,
  areaIn,
  BASELINE,
  drawGround,
  drawSvg,
  drawText,
  drawXAxis,
  drawYAxis,
  type Size,
} from "../axes/draw.ts";

const MARGIN = { left: 52, top: 22, bottom: 34, right: 8 };
/** Room for names beside lines that have one. */
const NAMES = 90;
const MAX_NAME = 14;
const NAME_HEIGHT = 13;
/** Levels side by side are this far apart at most, and their series share that much of it. */
const MAX_STEP = 110;
const SPREAD = 0.5;

interface Series {
  name: string;
  y: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export function drawEffect(view: EffectsView, size: Size): SVGSVGElement {
  const series = view.series.map(decode);
  const names = series.length > 1 ? NAMES : 0;
  const area = areaIn(size, { ...MARGIN, right: MARGIN.right + names });
  const y = linear(rangeOf(series), [area.top + area.height, area.top]);
  const isFactor = view.levels.length > 0;
  const marks = isFactor ? drawLevels(view, series, area, y) : drawLines(view, series, area, y);
  return drawSvg(
    "mw-svg mw-effect",
    size,
    `${view.y_title} by ${view.x_title}`,
    drawGround(area),
    ...drawYAxis(area, y),
    drawText(view.y_title, 0, 11, "start"),
    drawText(view.x_title, area.left + area.width, size.height - 4, "end"),
    ...marks,
  );
}

const decode = ({ name, y, low, high }: EffectSeries): Series => ({
  name,
  y: float64(y),
  low: float64(low),
  high: float64(high),
});

function rangeOf(series: Series[]): [number, number] {
  const all = (pick: (one: Series) => Float64Array): Float64Array =>
    Float64Array.from(series.flatMap((one) => [...pick(one)]));
  return extent(
    all(({ low }) => low),
    all(({ high }) => high),
    0.06,
  );
}

function drawLines(view: EffectsView, series: Series[], area: Area, y: Scale): SVGElement[] {
  const places = float64(view.x);
  const x = linear([places[0]!, places[places.length - 1]!], [area.left, area.left + area.width]);
  const band = ({ low, high }: Series): string => {
    const known = [...places.keys()].filter((i) => Number.isFinite(low[i]!));
    const line = (ends: Float64Array, order: number[]): string[] =>
      order.map((i) => `${round(x(places[i]!))} ${round(y(ends[i]!))}`);
    return known.length ? `M${[...line(high, known), ...line(low, known.reverse())].join("L")}Z` : "";
  };
  const line = ({ y: means }: Series): string => {
    const known = [...places.keys()].filter((i) => Number.isFinite(means[i]!));
    return known.length ? `M${known.map((i) => `${round(x(places[i]!))} ${round(y(means[i]!))}`).join("L")}` : "";
  };
  return [
    ...drawXAxis(area, x),
    ...series.map((one, i) => s("path", { class: `mw-band mw-series-${i % 4}`, d: band(one) })),
    ...series.map((one, i) => s("path", { class: `mw-mean mw-series-${i % 4}`, d: line(one) })),
    ...drawNames(view, series, area, y),
  ];
}

/** The names of the lines at their ends, moved apart where they would touch. */
function drawNames(view: EffectsView, series: Series[], area: Area, y: Scale): SVGElement[] {
  if (series.length < 2) return [];
  const ends = series
    .map(({ name, y: means }) => ({ name, at: y(means[means.length - 1]!) }))
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  let last = -Infinity;
  return ends.map(({ name, at }) => {
    last = Math.max(at, last + NAME_HEIGHT);
    return drawText(`${view.by} ${shortened(name, MAX_NAME)}`, area.left + area.width + 5, last + BASELINE, "start");
  });
}

function drawLevels(view: EffectsView, series: Series[], area: Area, y: Scale): SVGElement[] {
  const step = Math.min(MAX_STEP, area.width / view.levels.length);
  const place = (i: number, j: number): number =>
    area.left + step * (i + 0.5) + (series.length > 1 ? step * SPREAD * (j / (series.length - 1) - 0.5) : 0);
  const fits = Math.max(3, Math.floor(step / 6.5));
  const bars = ({ low, high }: Series, j: number): string =>
    [...low]
      .map((end, i) => (Number.isFinite(end) ? `M${round(place(i, j))} ${round(y(end))}V${round(y(high[i]!))}` : ""))
      .join("");
  const dots = ({ y: means }: Series, j: number): string =>
    [...means].map((mean, i) => (Number.isFinite(mean) ? `M${round(place(i, j))} ${round(y(mean))}h.01` : "")).join("");
  return [
    ...view.levels.map((level, i) =>
      drawText(shortened(level, fits), area.left + step * (i + 0.5), area.top + area.height + 14, "middle"),
    ),
    ...series.map((one, j) => s("path", { class: `mw-bar mw-series-${j % 4}`, d: bars(one, j) })),
    ...series.map((one, j) => s("path", { class: `mw-point mw-series-${j % 4}`, d: dots(one, j) })),
    ...series.flatMap(({ name, y: means }, j) =>
      series.length > 1 && Number.isFinite(means[0]!)
        ? [drawText(shortened(name, 8), place(0, j) + 6, y(means[0]!) + BASELINE, "start")]
        : [],
    ),
  ];
}

/** The means of the levels of a factor in numbers. */
export function drawMeans(view: EffectsView): HTMLTableElement | null {
  if (view.levels.length === 0) return null;
  const series = view.series.map(decode);
  const number = columnFormat(
    series.flatMap(({ y, low, high }) => [...y, ...low, ...high]),
    4,
  );
  const rows = series.flatMap(({ name, y, low, high }) =>
    view.levels.map((level, i) =>
      h(
        "tr",
        {},
        termHead(name ? `${level}, ${view.by} ${name}` : level),
        ...[y[i]!, low[i]!, high[i]!].map((value) => numberCell(Number.isNaN(value) ? "" : number(value))),
      ),
    ),
  );
  const heads = [head(view.of), numberHead("Mean", "Estimated marginal mean"), numberHead("low"), numberHead("high")];
  return table(`Means by ${view.of}`, heads, h("tbody", {}, ...rows));
}
