/** Names in a picture: each goes to the first place where it touches no mark and no other name, or is left out. */
import { s } from "../../dom/element.ts";
import type { Area } from "../axes/draw.ts";

/** Left, top, width, height. */
export type Box = [number, number, number, number];
export type Place = [number, number];

const HEIGHT = 11;
const ASCENT = 9;
/** Width of a letter in pixels; a name is put where it would fit if all were so wide. */
const LETTER = 6.6;

export class Labels {
  readonly texts: SVGElement[] = [];
  readonly #area: Area;
  readonly #taken: Box[] = [];

  constructor(area: Area) {
    this.#area = area;
  }

  /** Keeps names off a place. */
  take(...boxes: Box[]): void {
    this.#taken.push(...boxes);
  }

  /** Writes a name at the first free place (the left end of its baseline); a forced one is inside at least. Null where it is left out. */
  put(text: string, places: (width: number) => Place[], className: string, isForced = false): SVGElement | null {
    const width = text.length * LETTER;
    const boxed = places(width).map(([x, y]): Box => [x, y - ASCENT, width, HEIGHT]);
    const found =
      boxed.find((box) => this.#isInside(box) && !this.#taken.some((other) => touches(box, other))) ??
      (isForced ? (boxed.find((box) => this.#isInside(box)) ?? boxed[0]) : undefined);
    if (!found) return null;
    this.#taken.push(found);
    const element = s("text", { class: `mw-halo ${className}`, x: found[0], y: found[1] + ASCENT }, text);
    this.texts.push(element);
    return element;
  }

  #isInside([x, y, width, height]: Box): boolean {
    const { left, top, width: w, height: h } = this.#area;
    return x > left && x + width < left + w && y >= top && y + height <= top + h;
  }
}

/** The places around a point: right, left, above, below, then the corners. */
export const around =
  (x: number, y: number, gap: number) =>
  (width: number): Place[] => [
    [x + gap, y + 4],
    [x - gap - width, y + 4],
    [x - width / 2, y - gap],
    [x - width / 2, y + 9 + gap],
    [x + gap - 1, y - 4],
    [x - gap - width + 1, y - 4],
    [x + gap - 1, y + 12],
    [x - gap - width + 1, y + 12],
  ];

const touches = ([x, y, w, h]: Box, [a, b, c, d]: Box): boolean => x < a + c && a < x + w && y < b + d && b < y + h;
