/** What the axes of lines reach over. */
import type { LinesView } from "../../types.ts";
import type { Lines } from "./data.ts";

const PAD = 0.04;

/** A number has a margin, the levels of a factor half a step to each side. */
export function xDomain({ view }: Lines): [number, number] {
  const [low, high] = view.categories.length ? [0, view.categories.length - 1] : view.x_range;
  const pad = view.categories.length ? 0.5 : 0.05 * (high - low || 1);
  return [low - pad, high + pad];
}

/** The ranges of y, which only grow while structures of one model are clicked, so that lines move and axes do not. */
export class Domains {
  readonly #known = new Map<string, [number, number]>();

  of({ y_title, x, group, colour, y_range, line_range }: LinesView): [number, number] {
    const family = JSON.stringify([y_title, x, group, colour]);
    const ends = [...(this.#known.get(family) ?? y_range), ...y_range, ...line_range];
    const range: [number, number] = [Math.min(...ends), Math.max(...ends)];
    this.#known.set(family, range);
    const pad = (range[1] - range[0]) * PAD;
    return [range[0] - pad, range[1] + pad];
  }
}
