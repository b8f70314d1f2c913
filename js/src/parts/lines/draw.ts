/** A small picture for each level, all on the same axes. */
import { shortened, tickText } from "../../core/format.ts";
import { round } from "../../core/path.ts";
import { ticks } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import { drawSvg, drawText } from "../axes/draw.ts";
import { isFactor, type Lines, type Moving } from "../line_drawing/data.ts";
import {
  type Drawing,
  drawLitPoints,
  drawModel,
  drawOwn,
  drawPoints,
  drawShared,
  type Shown,
} from "../line_drawing/paths.ts";
import type { Grid, Panel } from "./layout.ts";

const CHARACTER = 6.6;
/** Of a name, which is bold, in a wide font. */
const BOLD = 7.8;
const FEW = 2;
const SMALL = 90;
const PIXELS_PER_TICK = 32;
const LEAST_TICKS = 3;

export function drawMultiples(lines: Lines, grid: Grid, shown: Shown, marks: Map<number, string>): Drawing {
  const { panels, width, height } = grid;
  const isBar = isFactor(lines);
  const [under, over] = [s("g", { "data-overlay": "" }), s("g", { "data-overlay": "" })];
  const model = shown.model ? drawModel(lines, panels, isBar) : null;
  const average = shown.average ? drawShared(lines, panels, "average", isBar) : null;
  const svg = drawSvg(
    "mw-svg mw-lines-svg",
    grid,
    "",
    drawText(lines.view.y_title, 0, 11, "start"),
    drawText(lines.view.x_title, width, height - 4, "end"),
    s("path.mw-panel-ground", { d: panels.map(box).join("") }),
    under,
    ...drawGrid(lines, panels),
    ...(shown.pooled ? drawShared(lines, panels, "pooled", isBar).el : []),
    ...(average?.el ?? []),
    ...drawPoints(lines, panels),
    ...(shown.own ? drawOwn(lines, panels, isBar) : []),
    ...(model?.el ?? []),
    ...panels.flatMap((panel) => drawNames(lines, panel, marks)),
    over,
  );
  const light = (level: number): void => {
    const panel = panels.find((one) => one.level === level);
    under.replaceChildren(...(panel ? [s("path.mw-lines-lit", { d: box(panel) })] : []));
    over.replaceChildren(...(panel ? [drawLitPoints(lines, panel), s("path.mw-lines-frame", { d: box(panel) })] : []));
  };
  const at = (x: number, y: number): number =>
    panels.find(({ left, top, width: w, height: h }) => x >= left && x <= left + w && y >= top && y <= top + h)
      ?.level ?? -1;
  const move = (now: Moving): void => {
    model?.move(now);
    average?.move(now);
  };
  return { svg, move, light, at };
}

const box = ({ left, top, width, height }: Panel): string =>
  `M${round(left)} ${round(top)}h${round(width)}v${round(height)}h${-round(width)}z`;

/** One path of grid lines; values at the left column and below the lowest row. */
function drawGrid(lines: Lines, panels: Panel[]): SVGElement[] {
  const first = panels[0];
  if (!first) return [];
  const y = ticks(first.y.domain, first.height < 70 ? 2 : 3);
  const x = isFactor(lines)
    ? []
    : ticks(first.x.domain, Math.max(LEAST_TICKS, Math.floor(first.width / PIXELS_PER_TICK)));
  const path = panels.map((panel) => gridOf(panel, x, y)).join("");
  return [s("path.mw-grid-line", { d: path }), ...panels.flatMap((panel) => drawValues(lines, panel, x, y))];
}

const gridOf = (panel: Panel, x: number[], y: number[]): string =>
  x.map((value) => `M${round(panel.x(value))} ${round(panel.top)}v${round(panel.height)}`).join("") +
  y.map((value) => `M${round(panel.left)} ${round(panel.y(value))}h${round(panel.width)}`).join("");

function drawValues(lines: Lines, panel: Panel, x: number[], y: number[]): SVGElement[] {
  const bottom = panel.top + panel.height + 13;
  const { categories } = lines.view;
  const fits = Math.max(1, Math.floor(panel.width / categories.length / CHARACTER));
  const below = isFactor(lines)
    ? categories.map((name, i) => drawText(shortened(name, fits), panel.x(i), bottom, "middle"))
    : x.map((value) => drawText(tickText(value, panel.x.domain), panel.x(value), bottom, "middle"));
  const beside = y.map((value) => drawText(tickText(value, panel.y.domain), panel.left - 5, panel.y(value) + 4, "end"));
  return [...(panel.isLowest ? below : []), ...(panel.isLeft ? beside : [])];
}

/** The name of a level, and how few rows it has. */
function drawNames(lines: Lines, panel: Panel, marks: Map<number, string>): SVGElement[] {
  const { level, left, top, width, height } = panel;
  const mark = marks.has(level) ? ` ${marks.get(level)}` : "";
  const fits = Math.max(3, Math.floor((width - 8) / BOLD) - mark.length);
  const rows = lines.size[level]!;
  const name = s("text.mw-lines-name", { x: left + 4, y: top + 12 }, shortened(lines.names[level]!, fits) + mark);
  if (rows > FEW) return [name];
  const y = width < SMALL ? top + height - 5 : top + 12;
  const few = rows === 1 ? "1 row" : `${rows} rows`;
  return [name, s("text.mw-tick mw-lines-few", { x: left + width - 4, y, "text-anchor": "end" }, few)];
}
