/** Lines and points as pieces of paths, cut at the edges of their panel. */
import { disc, round } from "../../core/path.ts";
import type { Scale } from "../../core/scale.ts";
import type { Points } from "./data.ts";

/** A panel: its scales, whose domains are what can be seen. */
export interface Frame {
  x: Scale;
  y: Scale;
}

/** Half the length of a bar at a level of a factor. */
const BAR = 0.3;

type Place = [x: number, y: number];

/** One line, row `row` of values at the stops, between two places on x; short bars at the levels of a factor. */
export function linePath(
  frame: Frame,
  places: Float32Array,
  values: Float32Array,
  row: number,
  isFactor: boolean,
  reach: [number, number] = [-Infinity, Infinity],
): string {
  const from = row * places.length;
  let path = "";
  if (isFactor) {
    for (let i = 0; i < places.length; i++) {
      const [x, y] = [places[i]!, values[from + i]!];
      path += piece(frame, [x - BAR, y], [x + BAR, y], true);
    }
    return path;
  }
  let isNew = true;
  for (let i = 0; i + 1 < places.length; i++) {
    const [a, b]: [Place, Place] = [
      [places[i]!, values[from + i]!],
      [places[i + 1]!, values[from + i + 1]!],
    ];
    const next: string =
      b[0] > reach[0] && a[0] < reach[1] ? piece(frame, cutX(a, b, reach[0]), cutX(b, a, reach[1]), isNew) : "";
    path += next;
    // a piece that ends at an edge of the panel is not gone on with
    isNew = !next || isOut(frame, b[1]) || b[0] > reach[1];
  }
  return path;
}

const isOut = ({ y }: Frame, value: number): boolean => value < y.domain[0] || value > y.domain[1];

/** A piece between two places as far as it lies in the panel. */
function piece(frame: Frame, a: Place, b: Place, isNew: boolean): string {
  const [low, high] = frame.y.domain;
  if (!(Math.max(a[1], b[1]) >= low && Math.min(a[1], b[1]) <= high)) return "";
  const [from, to] = [cutY(a, b, low, high), cutY(b, a, low, high)];
  const start = isNew || from !== a ? `M${at(frame, from)}` : "";
  return `${start}L${at(frame, to)}`;
}

const at = ({ x, y }: Frame, place: Place): string => `${round(x(place[0]))} ${round(y(place[1]))}`;

function cutY(place: Place, other: Place, low: number, high: number): Place {
  const bound = Math.min(high, Math.max(low, place[1]));
  if (bound === place[1]) return place;
  return [place[0] + ((bound - place[1]) / (other[1] - place[1])) * (other[0] - place[0]), bound];
}

/** The end of a piece, moved to a bound on x that lies between it and the other end. */
function cutX(place: Place, other: Place, bound: number): Place {
  const isBetween = (place[0] < bound && bound < other[0]) || (other[0] < bound && bound < place[0]);
  if (!isBetween) return place;
  return [bound, place[1] + ((bound - place[0]) / (other[0] - place[0])) * (other[1] - place[1])];
}

/** The value of a line at a place, between the stops as it is drawn. */
export function valueAt(places: Float32Array, values: Float32Array, row: number, x: number): number {
  const from = row * places.length;
  let i = 0;
  while (i + 2 < places.length && x > places[i + 1]!) i++;
  if (places.length < 2) return values[from]!;
  return cutX([places[i]!, values[from + i]!], [places[i + 1]!, values[from + i + 1]!], x)[1];
}

/** Points as strokes of no length, which a round cap turns into dots; a shift moves points of one level of x apart. */
export function pointsPath(frame: Frame, points: Points, from: number, to: number, colour: number, spread = 0): string {
  let path = "";
  for (let i = from; i < to; i++) {
    if (points.colour[i] !== colour) continue;
    const shift = spread ? spread * (((i - from) * 0.618034) % 1) - spread / 2 : 0;
    path += `M${round(frame.x(points.x[i]! + shift))} ${round(frame.y(points.y[i]!))}h.01`;
  }
  return path;
}

/** Proportions as circles, their areas by the numbers of trials. */
export function circlesPath(
  frame: Frame,
  points: Points,
  size: Float32Array,
  from: number,
  to: number,
  colour: number,
  radius: (trials: number) => number,
): string {
  let path = "";
  for (let i = from; i < to; i++) {
    if (points.colour[i] !== colour) continue;
    path += disc(frame.x(points.x[i]!), frame.y(points.y[i]!), radius(size[i]!));
  }
  return path;
}
