/** A view of shrinkage as typed arrays, and where all levels stand at a stop of the slider. */
import { float32, float64, uint16 } from "../../core/decode.ts";
import type { ShrinkageView } from "../../types.ts";

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
}

export function decodeShrinkage(view: ShrinkageView, names: string[]): Shrinkage {
  const [d, n] = [view.effects.length, view.n_levels];
  const size = float64(view.size);
  const [centre, spread, coef] = [float64(view.centre), float64(view.spread), coefficients(view, d * n)];
  const at = (stop: number): Stand => ({
    coef: coef(stop),
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
    own: float64(view.own),
    scale: float64(view.scale),
    rise: float64(view.rise),
    finePlace: float64(view.fine_place),
    fineRise: float64(view.fine_rise),
    at,
    estimate: at(view.middle),
    pooled: centre.slice(0, d),
  };
}

/** The coefficients at a stop, of numbers as they are or of codes within the range of each stop and effect. */
function coefficients({ coef, effects, n_levels }: ShrinkageView, m: number): (stop: number) => Float64Array {
  const values = float32(coef);
  if (values.length > 0) return (stop) => Float64Array.from(values.subarray(stop * m, (stop + 1) * m));
  const [codes, low, step, d] = [uint16(coef), float64(coef.low), float64(coef.step), effects.length];
  return (stop) =>
    Float64Array.from({ length: m }, (_, i) => {
      const [code, range] = [codes[stop * m + i]!, stop * d + Math.floor(i / n_levels)];
      return code === NONE ? Number.NaN : low[range]! + step[range]! * code;
    });
}

/** What lies between two stands, a share of the way from the first; another number of levels or effects is at once. */
export function between(from: Stand, to: Stand, share: number): Stand {
  if (from.coef.length !== to.coef.length) return to;
  const mix = (a: Float64Array, b: Float64Array): Float64Array => b.map((end, i) => a[i]! + (end - a[i]!) * share);
  return { coef: mix(from.coef, to.coef), centre: mix(from.centre, to.centre), spread: mix(from.spread, to.spread) };
}

/** Whether the rows of a level have an estimate of their own. */
export const hasOwn = ({ own, d, n }: Shrinkage, level: number): boolean =>
  Number.isFinite(own[level]!) && Number.isFinite(own[(d - 1) * n + level]!);
