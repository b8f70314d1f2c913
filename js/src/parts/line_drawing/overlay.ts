/** The lines of all levels in one picture. */
import { shortened } from "../../core/format.ts";
import { linear } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import { type Area, areaIn, drawGround, drawSvg, drawText, drawXAxis, drawYAxis, type Size } from "../axes/draw.ts";
import { isFactor, type Lines, linesOf, type Moving } from "./data.ts";
import { xDomain } from "./domains.ts";
import { type Frame, linePath, valueAt } from "./marks.ts";
import {
  type Drawing,
  drawLitPoints,
  drawModel,
  drawOwn,
  drawPoints,
  drawShared,
  modelOf,
  type Placed,
  reachOf,
  type Shown,
} from "./paths.ts";

interface Overlay extends Size {
  yDomain: [number, number];
  shown: Shown;
}

const MARGIN = { left: 42, top: 18, bottom: 34 };
const NAMES_AT_EACH_END = 6;
const PIXELS_PER_TICK = 68;
const LEAST_TICKS = 3;
const NAME_HEIGHT = 11;
const CHARACTER = 6.4;
const MAX_NAME = 14;
const MANY = 60;
/** The width of a line among thousands. */
const THINNEST = 0.3;
/** Pixels from a line in which the pointer is on it. */
const NEAR = 14;

interface Label {
  y: number;
  text: string;
  name: string;
}

export function drawOverlay(lines: Lines, { yDomain, shown, ...size }: Overlay): Drawing {
  // names stand at the ends of the lines
  const area = areaIn(size, { ...MARGIN, right: Math.min(120, Math.max(72, size.width * 0.14)) });
  const { left, top } = area;
  const frame: Frame = {
    x: linear(xDomain(lines), [left, left + area.width]),
    y: linear(yDomain, [top + area.height, top]),
  };
  // the values of a level are joined over the levels of a factor, as lines are
  const isBar = lines.places.length < 2;
  const placed = lines.names.map((_, level) => ({ ...frame, level }));
  const model = shown.model ? drawModel(lines, placed, isBar) : null;
  const pooled = shown.pooled ? drawShared(lines, [frame], "pooled", isBar) : null;
  const average = shown.average ? drawShared(lines, [frame], "average", isBar) : null;
  const [labels, over] = [s("g", {}), s("g", { "data-overlay": "" })];
  const svg = drawSvg(
    `mw-svg mw-lines-svg mw-lines-overlay${lines.names.length > MANY ? " mw-lines-many" : ""}`,
    size,
    "",
    drawGround(area),
    ...(isFactor(lines) ? drawCategories(lines, area, frame) : drawXAxis(area, frame.x)),
    // fewer lines of the grid than elsewhere: the picture is full of lines
    ...drawYAxis(area, frame.y, Math.max(LEAST_TICKS, Math.floor(area.height / PIXELS_PER_TICK))),
    drawText(lines.view.y_title, 0, 11, "start"),
    drawText(lines.view.x_title, left + area.width / 2, size.height - 4, "middle"),
    ...drawPoints(lines, placed),
    ...(shown.own ? drawOwn(lines, placed, isBar, true) : []),
    ...(model?.el ?? []),
    ...(pooled?.el ?? []),
    ...(average?.el ?? []),
    labels,
    over,
  );
  svg.style.setProperty("--mw-thin", `${Math.max(THINNEST, Math.sqrt(MANY / lines.names.length))}px`);
  const write = (level: number, now: Moving): void => {
    labels.replaceChildren(...drawLabels(lines, now, frame, area, shown, level));
  };
  write(-1, lines);
  let here = lines.model;
  return {
    svg,
    move: (now) => {
      here = now.model;
      model?.move(now);
      average?.move(now);
    },
    light: (level, now) => {
      svg.classList.toggle("mw-lines-dimmed", level >= 0);
      over.replaceChildren(...(level < 0 ? [] : drawLit(lines, now, { ...frame, level }, isBar)));
      write(level, now);
    },
    at: (x, y) => nearest(lines, here, frame, area, x, y),
  };
}

function drawCategories(lines: Lines, { width, top, height }: Area, frame: Frame): SVGElement[] {
  const { categories } = lines.view;
  const fits = Math.max(1, Math.floor(width / categories.length / CHARACTER));
  return categories.map((name, i) => drawText(shortened(name, fits), frame.x(i), top + height + 14, "middle"));
}

/** The rows and the lines of one level, over all others. */
function drawLit(lines: Lines, now: Moving, placed: Placed, isBar: boolean): SVGElement[] {
  const own = linesOf(lines, placed.level)
    .map((line) => linePath(placed, lines.places, lines.own, line, isBar, reachOfLine(lines, line)))
    .join("");
  const model = modelOf(lines, now.model, placed, -1, isBar);
  return [
    drawLitPoints(lines, placed),
    s("path.mw-lines-own mw-lines-spot", { d: own }),
    s("path.mw-lines-glow", { d: model }),
    s("path.mw-lines-model mw-lines-spot", { d: model }),
  ];
}

const reachOfLine = (lines: Lines, line: number): [number, number] | undefined =>
  isFactor(lines) ? undefined : reachOf(lines, line);

/** Names at the ends of the lines: the lit level, what is shared, then the outermost, as far as there is room. */
function drawLabels(lines: Lines, now: Moving, frame: Frame, area: Area, shown: Shown, lit: number): SVGElement[] {
  const last = lines.places.length - 1;
  const end = (values: Float32Array, row: number): number => frame.y(values[row * lines.places.length + last]!);
  const key = (kind: string): string => lines.view.keys.find((one) => one.kind === kind)!.middle;
  const found: Label[] = [];
  if (lit >= 0) {
    const line = linesOf(lines, lit)[0];
    if (line !== undefined) found.push({ y: end(now.model, line), text: lines.names[lit]!, name: "lit" });
  }
  if (shown.pooled) found.push({ y: end(lines.pooled, 0), text: key("pooled"), name: "pooled" });
  if (shown.average) found.push({ y: end(now.average, 0), text: key("average"), name: "average" });
  if (shown.model) {
    const others = lines.names
      .map((text, level) => ({ y: end(now.model, lines.first[level]!), text, name: "other" }))
      .filter(({ y }) => Number.isFinite(y))
      .sort((a, b) => a.y - b.y);
    found.push(...fromTheEnds(lines.names.length > MANY ? outermost(others) : others));
  }
  const used: number[] = [];
  return found.flatMap(({ y, text, name }) => {
    const isInside = y > area.top - 4 && y < area.top + area.height + 6;
    if (!isInside || used.some((other) => Math.abs(other - y) < NAME_HEIGHT)) return [];
    used.push(y);
    const place = { x: area.left + area.width + 5, y: y + 4, class: `mw-tick mw-lines-label-${name}` };
    return s("text", place, shortened(text, MAX_NAME));
  });
}

const outermost = (sorted: Label[]): Label[] => [
  ...sorted.slice(0, NAMES_AT_EACH_END),
  ...sorted.slice(-NAMES_AT_EACH_END),
];

/** The first, the last, the second, the last but one, ...: where there is no room, those in the middle go. */
const fromTheEnds = (sorted: Label[]): Label[] =>
  sorted.map((_, i) => sorted[i % 2 ? sorted.length - 1 - (i - 1) / 2 : i / 2]!);

/** The level whose line is nearest to a place, if it is near. */
function nearest(lines: Lines, model: Float32Array, frame: Frame, area: Area, x: number, y: number): number {
  const within = Math.max(area.left, Math.min(area.left + area.width, x));
  const place = frame.x.invert(within);
  let [best, least] = [-1, NEAR];
  for (let level = 0; level < lines.names.length; level++) {
    for (let line = lines.first[level]!; line < lines.first[level + 1]!; line++) {
      const distance = Math.abs(frame.y(valueAt(lines.places, model, line, place)) - y);
      if (distance < least) [best, least] = [level, distance];
    }
  }
  return best;
}
