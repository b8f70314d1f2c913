/** Where the small pictures stand. Numbers in, numbers out. */
import { linear } from "../../core/scale.ts";
import type { Area } from "../axes/draw.ts";
import type { Lines } from "../line_drawing/data.ts";
import { xDomain } from "../line_drawing/domains.ts";
import type { Frame } from "../line_drawing/marks.ts";
import { ALL } from "./sample.ts";

export interface Panel extends Area, Frame {
  level: number;
  /** Whether the values of y stand left of it, and those of x below it. */
  isLeft: boolean;
  isLowest: boolean;
}

export interface Grid {
  width: number;
  height: number;
  panels: Panel[];
}

/** What there is room for. */
export interface Space {
  width: number;
  /** Of all panels in a compact pane; else infinity. */
  height: number;
  isNarrow: boolean;
  isCompact: boolean;
}

export const HEAD = 18;
export const FOOT = 32;
const LEFT = 36;
const GAP = 8;
const TIGHT = 5;
/** A pane with more than this (a projector that shows nothing else) has more and lower panels. */
const TALL = 300;
const [LEAST, MOST] = [60, 118];
const LEAST_COMPACT = 44;
/** What a page has above and below the panels. */
const AROUND = 330;

/** How many columns there are for so many panels, and how many panels a page of a compact pane has. */
export function columnsFor(
  { width, height, isNarrow, isCompact }: Space,
  n: number,
): { columns: number; page: number } {
  if (isCompact) {
    const [columns, rows] = height > TALL - HEAD - FOOT ? [7, 3] : [5, 2];
    return { columns, page: columns * rows };
  }
  const wide = width > 760 ? 150 : 112;
  const most = Math.max(2, Math.floor((width - LEFT + GAP) / (isNarrow ? 84 : wide)));
  // a last row that lacks one panel at most
  const even = [most, most - 1, most - 2].find(
    (columns) => columns >= 2 && (n % columns === 0 || columns - (n % columns) <= 1),
  );
  return { columns: n > ALL ? most : (even ?? most), page: Infinity };
}

/** How many panels a sample fills. */
export function roomFor(space: Space): number {
  const { columns, page } = columnsFor(space, Infinity);
  if (space.isCompact) return page;
  return space.isNarrow ? columns * 4 : columns * Math.round(24 / columns);
}

export function gridOf(lines: Lines, levels: number[], columns: number, space: Space, yDomain: [number, number]): Grid {
  const gap = space.isCompact ? TIGHT : GAP;
  const rows = Math.max(1, Math.ceil(levels.length / columns));
  const width = (space.width - LEFT - 2 - gap * (columns - 1)) / columns;
  const height = panelHeight(space, rows, width, gap);
  const panels = levels.map((level, i): Panel => {
    const left = LEFT + (i % columns) * (width + gap);
    const top = HEAD + Math.floor(i / columns) * (height + gap);
    return {
      level,
      left,
      top,
      width,
      height,
      x: linear(xDomain(lines), [left, left + width]),
      y: linear(yDomain, [top + height, top]),
      isLeft: i % columns === 0,
      isLowest: i + columns >= levels.length,
    };
  });
  return { width: space.width, height: HEAD + FOOT + rows * height + (rows - 1) * gap, panels };
}

function panelHeight(space: Space, rows: number, width: number, gap: number): number {
  if (space.isCompact) return Math.max(LEAST_COMPACT, (space.height - HEAD - FOOT - gap * (rows - 1)) / rows);
  const seen = (window.innerHeight - AROUND - HEAD - FOOT - gap * (rows - 1)) / rows;
  return Math.min(MOST, Math.max(80, width * 0.8), Math.max(LEAST, seen));
}
