/** The lines of a view as typed arrays; a level is meant by its position among those that were sent. */
import { float32, int32 } from "../../core/decode.ts";
import type { LineKey, LinesView } from "../../types.ts";

export interface Points {
  starts: Int32Array;
  x: Float32Array;
  y: Float32Array;
  /** Trials of a proportion; null where a point is a row. */
  size: Float32Array | null;
  colour: Int32Array;
}

/** What tells of each line in two numbers. */
export interface Pair {
  isSlope: boolean;
  places: [number, number];
  model: Float32Array;
  own: Float32Array;
}

export interface Order {
  label: string;
  ranked: Int32Array;
}

/** What moves when the random effects change. */
export interface Moving {
  model: Float32Array;
  average: Float32Array;
}

export interface Lines extends Moving {
  view: LinesView;
  /** The names of the levels that were sent. */
  names: string[];
  size: Int32Array;
  places: Float32Array;
  /** The first line of each level, and the end. */
  first: Int32Array;
  colour: Int32Array;
  own: Float32Array;
  reach: Float32Array;
  pooled: Float32Array;
  points: Points;
  numbers: Pair | null;
  orders: Order[];
  drawn: Int32Array;
}

export type Kind = LineKey["kind"];

/** The lines of a view, given the names of all levels of its grouping factor. */
export function decodeLines(view: LinesView, names: string[]): Lines {
  const levels = int32(view.levels);
  const { points, numbers } = view;
  return {
    view,
    names: Array.from(levels, (level) => names[level]!),
    size: int32(view.size),
    places: float32(view.places),
    first: firstOf(int32(view.line_level), levels.length),
    colour: int32(view.line_colour),
    model: float32(view.model),
    own: float32(view.own),
    reach: float32(view.reach),
    pooled: float32(view.pooled),
    average: float32(view.average),
    points: {
      starts: int32(points.starts),
      x: float32(points.x),
      y: float32(points.y),
      size: points.size && float32(points.size),
      colour: int32(points.colour),
    },
    numbers: numbers && {
      isSlope: numbers.is_slope,
      places: numbers.places,
      model: float32(numbers.model),
      own: float32(numbers.own),
    },
    orders: view.orders.map(({ label, ranked }) => ({ label, ranked: int32(ranked) })),
    drawn: int32(view.drawn),
  };
}

/** Where the lines of each level begin; lines stand level after level. */
function firstOf(level: Int32Array, n: number): Int32Array {
  const first = new Int32Array(n + 1);
  for (const one of level) first[one + 1]! += 1;
  for (let i = 0; i < n; i++) first[i + 1]! += first[i]!;
  return first;
}

/** The lines of a level. */
export function linesOf(lines: Pick<Lines, "first">, level: number): number[] {
  const from = lines.first[level]!;
  return Array.from({ length: lines.first[level + 1]! - from }, (_, i) => from + i);
}

export const isFactor = (lines: Lines): boolean => lines.view.categories.length > 0;
