/** Which levels have a panel: all, or the outermost, those that were looked for, and some that Python drew. */
import type { Lines } from "../line_drawing/data.ts";

/** Up to this many levels all have one. */
export const ALL = 60;
const LEAST_EXTREMES = 2;
const MOST_EXTREMES = 4;

export interface Sample {
  /** In the chosen order, those that were looked for first. */
  levels: number[];
  /** ▲ first, ▼ last, ● asked for. */
  marks: Map<number, string>;
  /** What is said of it; empty where all levels are shown. */
  first: number;
  drawn: number;
  found: number;
}

/** The levels whose names contain what is searched for. */
export function search(lines: Lines, text: string): number[] {
  if (!text) return [];
  const wanted = text.toLowerCase();
  const exact = lines.names.findIndex((name) => name.toLowerCase() === wanted);
  const found = lines.names.flatMap((name, level) => (name.toLowerCase().includes(wanted) ? [level] : []));
  return exact < 0 ? found : [exact, ...found.filter((level) => level !== exact)];
}

/** As many levels as there are panels; `turn` counts how often others were drawn. */
export function sample(lines: Lines, order: Int32Array, room: number, wanted: number[], turn: number): Sample {
  if (order.length <= ALL) return { levels: [...order], marks: new Map(), first: 0, drawn: 0, found: 0 };
  const first = Math.max(LEAST_EXTREMES, Math.min(MOST_EXTREMES, Math.floor(room / 6)));
  const [top, low] = [[...order.slice(0, first)], [...order.slice(-first)]];
  const outermost = new Set([...top, ...low]);
  const found = wanted.filter((level) => !outermost.has(level)).slice(0, room - 2 * first);
  const taken = new Set([...outermost, ...found]);
  const rest = [...lines.drawn].filter((level) => !taken.has(level));
  const count = Math.max(0, Math.min(rest.length, room - 2 * first - found.length));
  const from = rest.length ? (turn * count) % rest.length : 0;
  const drawn = new Set([...rest, ...rest].slice(from, from + count));
  const marks = new Map<number, string>([
    ...top.map((level): [number, string] => [level, "\u25b2"]),
    ...low.map((level): [number, string] => [level, "\u25bc"]),
    ...found.map((level): [number, string] => [level, "\u25cf"]),
  ]);
  const inOrder = [...order].filter((level) => outermost.has(level) || drawn.has(level));
  return { levels: [...found, ...inOrder], marks, first, drawn: drawn.size, found: found.length };
}
