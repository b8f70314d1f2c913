/** A view of shrinkage as typed arrays, and where all levels stand at a stop of the slider. */
import { float32, float64, uint16 } from "../../core/decode.ts";
import { gridRows } from "../../core/grid_path.ts";
import type { PackedPath, ShrinkageView } from "../../types.ts";
import type { Moving } from "../line_drawing/data.ts";

/** The code of 16 bits that stands for no value. */
const NONE = 65_535;

export interface Shrinkage {
  view: ShrinkageView;
  /** The names of the levels. */
  names: string[];
  /** How many effects are shown: two span a plane, one a line. */
  d: number;
  n: number;
  /** Rows of each level, and of the level that has most. */
  size: Float64Array;
  largest: number;
  /** Estimates without pooling, effect after effect; NaN where there are none. */
  own: Float64Array;
  scale: Float64Array;
  rise: Float64Array;
  finePlace: Float64Array;
  fineRise: Float64Array;
  /** Where everything stands at a stop, at the estimate, and the average of complete pooling. */
  at: (stop: number) => Stand;
  estimate: Stand;
  pooled: Float64Array;
}

/** All that moves along the slider. */
export interface Stand {
  /** Coefficients of the levels, effect after effect. */
  coef: Float64Array;
  /** The average level. */
  centre: Float64Array;
  /** Lower triangle 11, 21, 22 of the spread. */
  spread: Float64Array;
  /** The lines of the levels; null where they are not drawn. */
  lines: Moving | null;
}

export function decodeShrinkage(view: ShrinkageView, names: string[]): Shrinkage {
  const [d, n] = [view.effects.length, view.n_levels];
  const size = float64(view.size);
  const [centre, spread] = [float64(view.centre), float64(view.spread)];
  const { own, coef } = estimates(view, d, n);
  const lines = linesAt(view, coef);
  const at = (stop: number): Stand => ({
    coef: coef(stop),
    lines: lines(stop),
    centre: centre.slice(stop * d, (stop + 1) * d),
    spread: spread.slice(stop * 3, (stop + 1) * 3),
  });
  return {
    view,
    names,
    d,
    n,
    size,
    largest: size.reduce((most, rows) => Math.max(most, rows), 1),
    own,
    scale: float64(view.scale),
    rise: float64(view.rise),
    finePlace: float64(view.fine_place),
    fineRise: float64(view.fine_rise),
    at,
    estimate: at(view.middle),
    pooled: centre.slice(0, d),
  };
}

/** What the levels are without pooling, and at each stop of the slider. */
function estimates({ own, coef }: ShrinkageView, d: number, n: number) {
  if (!coef.grid) return { own: float64(own), coef: numbersAt(coef, d, n) };
  const rows = gridRows(coef.grid, n);
  const at = (row: number): Float64Array =>
    Float64Array.from({ length: d * n }, (_, i) => rows[row * d + Math.floor(i / n)]![i % n]!);
  return { own: at(0), coef: (stop: number): Float64Array => at(rows.length / d - 1 - stop) };
}

/** The numbers at a stop, d times n, as they are or of codes within the range of each stop and each of the d. */
function numbersAt(path: PackedPath, d: number, n: number): (stop: number) => Float64Array {
  const [values, m] = [float32(path), d * n];
  if (values.length > 0) return (stop) => Float64Array.from(values.subarray(stop * m, (stop + 1) * m));
  const [codes, low, step] = [uint16(path), float64(path.low), float64(path.step)];
  return (stop) =>
    Float64Array.from({ length: m }, (_, i) => {
      const [code, range] = [codes[stop * m + i]!, stop * d + Math.floor(i / n)];
      return code === NONE ? Number.NaN : low[range]! + step[range]! * code;
    });
}

/** The lines at a stop: the effects of each level times what they are multiplied by, and the rest. */
function linesAt({ line_path: path }: ShrinkageView, coef: (stop: number) => Float64Array) {
  if (!path) return () => null;
  const { n_lines, n_places } = path;
  const m = n_lines * n_places;
  const [rest, by, average] = [numbersAt(path.rest, 1, m), float32(path.by), float32(path.average)];
  return (stop: number): Moving => {
    const [added, effects] = [rest(stop), coef(stop)];
    const model = Float32Array.from(added, (value, i) => {
      const level = Math.floor(i / n_places);
      return value + by[i]! * effects[level]! + by[m + i]! * effects[n_lines + level]!;
    });
    return { model, average: average.subarray(stop * n_places, (stop + 1) * n_places) };
  };
}

/** What lies between two stands, a share of the way from the first; another number of levels or effects is at once. */
export function between(from: Stand, to: Stand, share: number): Stand {
  if (from.coef.length !== to.coef.length) return to;
  const mix = <A extends Float64Array | Float32Array>(a: A, b: A): A =>
    b.map((end, i) => a[i]! + (end - a[i]!) * share) as A;
  const [old, next] = [from.lines, to.lines];
  const isSame = old?.model.length === next?.model.length;
  return {
    coef: mix(from.coef, to.coef),
    centre: mix(from.centre, to.centre),
    spread: mix(from.spread, to.spread),
    lines:
      old && next && isSame ? { model: mix(old.model, next.model), average: mix(old.average, next.average) } : next,
  };
}

/** Whether the rows of a level have an estimate of their own. */
export const hasOwn = ({ own, d, n }: Shrinkage, level: number): boolean =>
  Number.isFinite(own[level]!) && Number.isFinite(own[(d - 1) * n + level]!);
