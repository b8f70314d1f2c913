/** Orders of levels: index arrays, largest first, ties and missing values kept in the order of the data. */

export type Direction = "ascending" | "descending";

export function orderBy(values: ArrayLike<number>, direction: Direction): Uint32Array {
  const sign = direction === "ascending" ? 1 : -1;
  const order = Uint32Array.from({ length: values.length }, (_, i) => i);
  return order.sort((i, j) => sign * (values[i]! - values[j]!) || i - j);
}

const collator = new Intl.Collator("en", { numeric: true });

export function orderByName(names: string[], direction: Direction): Uint32Array {
  const sign = direction === "ascending" ? 1 : -1;
  const order = Uint32Array.from({ length: names.length }, (_, i) => i);
  return order.sort((i, j) => sign * collator.compare(names[i]!, names[j]!) || i - j);
}

/** The position of each index in an order. */
export function ranks(order: Uint32Array): Uint32Array {
  const rank = new Uint32Array(order.length);
  order.forEach((index, position) => {
    rank[index] = position;
  });
  return rank;
}

export function matching(order: Uint32Array, names: string[], query: string): Uint32Array {
  const wanted = query.trim().toLowerCase();
  return wanted ? order.filter((i) => names[i]!.toLowerCase().includes(wanted)) : order;
}
