/** Binary columns of a view as typed arrays. */
import type { Bytes, ModesView } from "../types.ts";

export interface Column {
  name: string;
  fixed: number;
  has_fixed: boolean;
  mode: Float64Array;
  sd: Float64Array;
}

export interface Modes {
  group: string;
  levels: string[];
  columns: Column[];
  size: Float64Array;
  quantile: Float64Array;
}

/** Copy the bytes: a message's buffer need not be aligned to eight bytes. */
export function float64(bytes: Bytes | ArrayBuffer | Uint8Array): Float64Array {
  if (bytes instanceof ArrayBuffer) return new Float64Array(bytes.slice(0));
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
}

export function decodeModes(view: ModesView, levels: string[]): Modes {
  return {
    group: view.group,
    levels,
    columns: view.columns.map((column) => ({ ...column, mode: float64(column.mode), sd: float64(column.sd) })),
    size: float64(view.size),
    quantile: float64(view.quantile),
  };
}
