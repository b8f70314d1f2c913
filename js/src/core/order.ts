/** Orders of levels for tables: index arrays, ties and missing values kept in the order of the data. */

export type Direction = "ascending" | "descending";

const collator = new Intl.Collator("en", { numeric: true });

/** The positions 0, 1, ...: the order of the data. */
export const naturalOrder = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

export function orderBy(values: ArrayLike<number>, direction: Direction): Uint32Array {
  const sign = direction === "ascending" ? 1 : -1;
  return naturalOrder(values.length).sort((i, j) => sign * (values[i]! - values[j]!) || i - j);
}

export function orderByName(names: string[], direction: Direction): Uint32Array {
  const sign = direction === "ascending" ? 1 : -1;
  return naturalOrder(names.length).sort((i, j) => sign * collator.compare(names[i]!, names[j]!) || i - j);
}

/** Those of an order whose name contains the query. */
export function matching(order: Uint32Array, names: string[], query: string): Uint32Array {
  const wanted = query.trim().toLowerCase();
  return wanted ? order.filter((i) => names[i]!.toLowerCase().includes(wanted)) : order;
}
