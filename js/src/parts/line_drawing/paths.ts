/** One path for each kind of mark and each colour, over all panels: the number of nodes does not grow with the levels. */
import { s } from "../../dom/element.ts";
import { isFactor, type Kind, type Lines, linesOf, type Moving } from "./data.ts";
import { circlesPath, type Frame, linePath, pointsPath } from "./marks.ts";

/** Where a level is drawn. */
export interface Placed extends Frame {
  level: number;
}

/** Which kinds of lines are shown. */
export type Shown = Record<Kind, boolean>;

/** A picture of lines, and what changes in it without drawing it anew. */
export interface Drawing {
  svg: SVGSVGElement;
  /** Draws the lines of the mixed model where they are now. */
  move: (now: Moving) => void;
  /** Lights a level, or none (-1). */
  light: (level: number, now: Moving) => void;
  /** The level at a place of the picture, -1 for none. */
  at: (x: number, y: number) => number;
}

/** How far points of one level of x stand apart. */
const SPREAD = 0.36;
const DENSE_ROWS = 20;
const [LEAST_RADIUS, MOST_RADIUS] = [1.6, 5];

/** -1 for what has no colour, else the colours of a view. */
const colours = (lines: Lines, all: Int32Array): number[] =>
  lines.view.colours.length ? [...new Set(all)].sort() : [-1];

const hue = (colour: number): string => (colour < 0 ? "" : ` mw-hue-${colour}`);

const pointClass = ({ points }: Lines): string => (points.size ? "mw-lines-circle" : "mw-lines-point");

/** The points of all panels. */
export function drawPoints(lines: Lines, placed: Placed[]): SVGPathElement[] {
  const isDense = lines.size.some((rows) => rows > DENSE_ROWS);
  return colours(lines, lines.points.colour).map((colour) =>
    s("path", {
      class: `${pointClass(lines)}${isDense ? " mw-lines-dense" : ""}${hue(colour)}`,
      d: placed.map((frame) => pointsOf(lines, frame, colour)).join(""),
    }),
  );
}

/** The points of a level, in one colour. */
export function drawLitPoints(lines: Lines, placed: Placed): SVGPathElement {
  const d = colours(lines, lines.points.colour).map((colour) => pointsOf(lines, placed, colour));
  return s("path", { class: `${pointClass(lines)} mw-lines-spot`, d: d.join("") });
}

function pointsOf(lines: Lines, frame: Placed, colour: number): string {
  const { points } = lines;
  const [from, to] = [points.starts[frame.level]!, points.starts[frame.level + 1]!];
  if (!points.size) return pointsPath(frame, points, from, to, colour, isFactor(lines) ? SPREAD : 0);
  return circlesPath(frame, points, points.size, from, to, colour, radiusOf(points.size));
}

function radiusOf(sizes: Float32Array): (trials: number) => number {
  let most = 1;
  for (const size of sizes) if (size > most) most = size;
  return (trials) => Math.max(LEAST_RADIUS, MOST_RADIUS * Math.sqrt(trials / most));
}

/** The own lines: firm where a level has rows, dotted beyond them unless there is no room for that. */
export function drawOwn(lines: Lines, placed: Placed[], isBar: boolean, isFirmOnly = false): SVGPathElement[] {
  return colours(lines, lines.colour).flatMap((colour) => {
    const paths = ["", ""];
    for (const frame of placed) {
      for (const line of mine(lines, frame.level, colour)) {
        const [low, high] = reachOf(lines, line);
        const path = (reach?: [number, number]): string => linePath(frame, lines.places, lines.own, line, isBar, reach);
        paths[0] += isFactor(lines) ? path() : path([low, high]);
        if (!(isFirmOnly || isFactor(lines))) paths[1] += path([-Infinity, low]) + path([high, Infinity]);
      }
    }
    return [
      s("path", { class: `mw-lines-own mw-lines-beyond${hue(colour)}`, d: paths[1] }),
      s("path", { class: `mw-lines-own${hue(colour)}`, d: paths[0] }),
    ];
  });
}

export const reachOf = ({ reach }: Lines, line: number): [number, number] => [reach[2 * line]!, reach[2 * line + 1]!];

const mine = (lines: Lines, level: number, colour: number): number[] =>
  linesOf(lines, level).filter((line) => lines.colour[line] === colour || colour < 0);

/** The mixed model's lines, and what moves them. */
export function drawModel(
  lines: Lines,
  placed: Placed[],
  isBar: boolean,
): { el: SVGPathElement[]; move: (now: Moving) => void } {
  const kinds = colours(lines, lines.colour);
  const el = kinds.map((colour) => s("path", { class: `mw-lines-model${hue(colour)}` }));
  const move = ({ model }: Moving): void => {
    kinds.forEach((colour, i) => {
      el[i]!.setAttribute("d", placed.map((frame) => modelOf(lines, model, frame, colour, isBar)).join(""));
    });
  };
  move(lines);
  return { el, move };
}

export function modelOf(lines: Lines, model: Float32Array, frame: Placed, colour: number, isBar: boolean): string {
  return mine(lines, frame.level, colour)
    .map((line) => linePath(frame, lines.places, model, line, isBar))
    .join("");
}

/** The lines that all panels share, one for each colour: everybody together, and the average. */
export function drawShared(
  lines: Lines,
  frames: Frame[],
  kind: "pooled" | "average",
  isBar: boolean,
): { el: SVGPathElement[]; move: (now: Moving) => void } {
  const rows = lines[kind].length / lines.places.length;
  const el = Array.from({ length: rows }, (_, i) => s("path", { class: `mw-lines-${kind}${rows > 1 ? hue(i) : ""}` }));
  const move = (now: Moving): void => {
    const values = kind === "pooled" ? lines.pooled : now.average;
    el.forEach((path, row) => {
      path.setAttribute("d", frames.map((frame) => linePath(frame, lines.places, values, row, isBar)).join(""));
    });
  };
  move(lines);
  return { el, move };
}
