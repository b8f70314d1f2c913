/** By which column the table of levels is sorted, and what a click on a column makes of it. */
import type { Modes } from "../../core/decode.ts";
import { type Direction, naturalOrder, orderBy, orderByName } from "../../core/order.ts";
import type { Field } from "./fields.ts";

export interface Sorting {
  /** Position of the column, or one of the two below. */
  key: number;
  direction: Direction;
}

export const BY_NAME = -2;
/** The order of the data. */
export const UNSORTED: Sorting = { key: -1, direction: "ascending" };

/** Names begin ascending, numbers with the largest; the second click turns round, the third goes back to the data. */
export function nextSorting(now: Sorting, key: number): Sorting {
  const first: Direction = key === BY_NAME ? "ascending" : "descending";
  if (now.key !== key) return { key, direction: first };
  if (now.direction !== first) return UNSORTED;
  return { key, direction: first === "ascending" ? "descending" : "ascending" };
}

export function sortedLevels({ key, direction }: Sorting, modes: Modes, fields: Field[]): Uint32Array {
  if (key === BY_NAME) return orderByName(modes.levels, direction);
  const field = fields[key];
  return field ? orderBy(field.values, direction) : naturalOrder(modes.levels.length);
}
