/** Marks of levels as paths: dots, diamonds and arrows, one path for each kind of mark. */
import { round } from "../../core/path.ts";
import { s } from "../../dom/element.ts";

/** Shorter arrows have no shaft that could be seen. */
const LEAST_LENGTH = 7;
const HEAD = 6;
const HEAD_HALF = 2.8;
const OWN_GAP = 3;

const LEAST_RADIUS = 2.2;
const MORE_RADIUS = 3.2;
/** More levels have smaller and paler marks. */
export const MANY = 60;
export const VERY_MANY = 1000;

/** From the number of levels to how much smaller their marks are. */
export function shrunk(n: number): number {
  if (n > VERY_MANY) return 0.45;
  return n > MANY ? 0.7 : 1;
}

/** The radius of a level's disc: its area grows with its rows. */
export const radius = (rows: number, most: number): number => LEAST_RADIUS + MORE_RADIUS * Math.sqrt(rows / most);

/** The paths of all levels: arrows, own estimates, those of the model. */
interface Paths {
  shaft: string;
  head: string;
  own: string;
  model: string;
}

export const noMarks = (): Paths => ({ shaft: "", head: "", own: "", model: "" });

export function drawMarks({ shaft, head, own, model }: Paths, n: number): SVGElement[] {
  const many = n > MANY ? " mw-many" : "";
  return [
    s("path", { class: `mw-arrow${many}`, d: shaft }),
    s("path", { class: `mw-arrow-head${many}`, d: head }),
    s("path", { class: `mw-own-dot${many}`, d: own }),
    s("path", { class: `mw-model-dot${many}`, d: model }),
  ];
}

/** Discs of a few sizes as strokes without length, which a round cap makes of them: many cost little. */
export function dots(places: Iterable<[number, number, number]>): Map<number, string> {
  const paths = new Map<number, string>();
  for (const [x, y, r] of places) {
    const width = Math.round(2 * r);
    paths.set(width, `${paths.get(width) ?? ""}M${Math.round(x)} ${Math.round(y)}h.01`);
  }
  return paths;
}

export const diamond = (x: number, y: number, r: number): string =>
  `M${round(x)} ${round(y - r)}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`;

/** The shaft and the head of an arrow that ends at the rim of a disc; empty where it would be too short. */
export function arrow(x: number, y: number, toX: number, toY: number, rim: number): { shaft: string; head: string } {
  const length = Math.hypot(toX - x, toY - y);
  if (!(length >= LEAST_LENGTH)) return { shaft: "", head: "" };
  const [ux, uy] = [(toX - x) / length, (toY - y) / length];
  const [tipX, tipY] = [toX - ux * rim, toY - uy * rim];
  return {
    shaft: `M${round(x + ux * OWN_GAP)} ${round(y + uy * OWN_GAP)}L${round(tipX - ux * 4)} ${round(tipY - uy * 4)}`,
    head:
      `M${round(tipX)} ${round(tipY)}l${round(-ux * HEAD - uy * HEAD_HALF)} ${round(-uy * HEAD + ux * HEAD_HALF)}` +
      `l${round(2 * uy * HEAD_HALF)} ${round(-2 * ux * HEAD_HALF)}z`,
  };
}
