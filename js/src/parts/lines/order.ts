/** The order in which levels stand: it stays while structures are clicked, so that lines move and panels do not. */
import type { Lines, Order } from "../line_drawing/data.ts";

export class Standing {
  #kept: Order | null = null;

  /** The order that was chosen, or the first one, as it was when it was chosen. */
  of({ orders }: Lines, chosen: string): Order {
    this.#kept ??= orders.find(({ label }) => label === chosen) ?? orders[0]!;
    return this.#kept;
  }

  /** Lets the levels be ordered anew. */
  release(): void {
    this.#kept = null;
  }

  /** Whether a click has given the levels other ranks since. */
  isOld({ orders }: Lines): boolean {
    const kept = this.#kept;
    const now = orders.find(({ label }) => label === kept?.label)?.ranked;
    return kept !== null && !now?.every((level, rank) => level === kept.ranked[rank]);
  }
}
