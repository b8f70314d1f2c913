/** Coefficients of levels as a saved page holds them (grid_path.py): what is printed, each row told from those before. */
import type { GridPath } from "../types.ts";
import { float32, int32, uint8 } from "./decode.ts";

const STOPS_BEFORE = 3;
const N_BYTES = 3;

/** Rows of n numbers, an effect after the other: the estimates without pooling, then the stops from the last one. */
export function gridRows(grid: GridPath, n: number): Float64Array[] {
  const d = grid.decimals.length;
  const rows = wholeRows(grid, n).map((row, i) => row.map((units) => units / 10 ** grid.decimals[i % d]!));
  for (const place of int32(grid.none)) rows[Math.floor(place / n)]![place % n] = Number.NaN;
  return rows;
}

/** The same in units of the last decimal, and whatever follows where there is no number. */
function wholeRows(grid: GridPath, n: number): Float64Array[] {
  const [left, weights] = [uint8(grid), float32(grid.weights)];
  const m = left.length / N_BYTES;
  const [count, d] = [m / n, grid.decimals.length];
  const [beside, other, width] = [
    grid.beside ? wholeRows(grid.beside, n) : [],
    grid.beside?.decimals.length ?? 0,
    weights.length / count,
  ];
  const rows: Float64Array[] = [];
  for (let row = 0; row < count; row++) {
    const [constant, ...factors] = weights.subarray(row * width, (row + 1) * width);
    const stop = Math.floor(row / d);
    const others = [...beside.slice(stop * other, (stop + 1) * other), ...rows.slice(-STOPS_BEFORE * d).reverse()];
    const sums = new Float64Array(n).fill(constant!);
    others.forEach((values, i) => {
      for (let level = 0; level < n; level++) sums[level]! += factors[i]! * values[level]!;
    });
    rows.push(sums.map((sum, level) => Math.floor(sum + 0.5) + leftAt(left, m, row * n + level)));
  }
  return rows;
}

/** Three bytes, each among those of its kind: an even number is twice what is left, an odd one less than nothing. */
function leftAt(rest: Uint8Array, m: number, at: number): number {
  const bits = rest[at]! | (rest[at + m]! << 8) | (rest[at + 2 * m]! << 16);
  return (bits >> 1) ^ -(bits & 1);
}
