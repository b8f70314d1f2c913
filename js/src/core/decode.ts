/** Binary columns of a view as typed arrays. */
import type { ModesColumn, ModesView, PlotWords } from "../types.ts";

/** The intervals of all levels at one confidence level. */
export interface Ends {
  low: Float64Array;
  high: Float64Array;
}

export interface Column extends Pick<ModesColumn, "name" | "fixed" | "has_fixed" | "line"> {
  mode: Float64Array;
  sd: Float64Array;
  coef: Float64Array;
  intervals: Ends[];
  /** The positions of the levels by rank, largest mode first. */
  order: Uint32Array;
}

export interface Modes {
  group: string;
  levels: string[];
  columns: Column[];
  size: Float64Array;
  quantile: Float64Array;
  ridge: Uint8Array;
  points: number;
  reach: number;
  words: PlotWords;
}

export function decodeModes(view: ModesView, levels: string[]): Modes {
  return {
    ...view,
    levels,
    columns: view.columns.map(decodeColumn),
    size: float64(view.size),
    quantile: float64(view.quantile),
    ridge: new Uint8Array(copied(view.ridge)),
  };
}

function decodeColumn(column: ModesColumn): Column {
  return {
    ...column,
    mode: float64(column.mode),
    sd: float64(column.sd),
    coef: float64(column.coef),
    intervals: column.intervals.map(({ low, high }) => ({ low: float64(low), high: float64(high) })),
    order: new Uint32Array(copied(column.order)),
  };
}

/** The numbers of a message, whatever view of its bytes the host hands over. */
export const float64 = (bytes: DataView | ArrayBuffer | Uint8Array): Float64Array => new Float64Array(copied(bytes));

export const float32 = (array: { float32: DataView }): Float32Array => new Float32Array(copied(array.float32));

export const uint16 = (array: { uint16: DataView }): Uint16Array => new Uint16Array(copied(array.uint16));

export const uint8 = (array: { uint8: DataView }): Uint8Array => new Uint8Array(copied(array.uint8));

export const int32 = (array: { int32: DataView }): Int32Array => new Int32Array(copied(array.int32));

/** Copies the bytes: a message's buffer need not be aligned to eight bytes. */
function copied(bytes: DataView | ArrayBuffer | Uint8Array): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes.slice(0);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
