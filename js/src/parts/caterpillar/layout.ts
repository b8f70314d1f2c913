/** Geometry of the caterpillar plot: which rows, which panels, where each mark is. Numbers in, numbers out. */
import type { Column, Ends, Modes } from "../../core/decode.ts";
import { naturalOrder } from "../../core/order.ts";
import { type Marks, noMarks } from "../../core/path.ts";
import { extent, linear, type Scale } from "../../core/scale.ts";
import type { Ui } from "../../host/context.ts";

export interface Panel {
  column: Column;
  left: number;
  top: number;
  width: number;
  height: number;
  x: Scale;
  /** Indices of the visible levels from top to bottom. */
  order: Uint32Array;
  /** Vertical position of each visible level, same length as `order`. */
  y: Float64Array;
  /** Where a mode of zero is drawn: at the fixed effect where coefficients are shown. */
  shift: number;
  /** The intervals of the modes that are drawn. */
  ends: Ends;
}

export interface Layout {
  width: number;
  height: number;
  /** Width of the names at the left. */
  gutter: number;
  rowHeight: number;
  visible: Uint32Array;
  panels: Panel[];
}

type Box = Pick<Panel, "left" | "top" | "width" | "height">;

const MIN_PANEL = 150;
const GAP = 18;
const HEAD = 22;
/** Ticks and the title of the axis. */
const FOOT = 38;
const RIGHT = 8;
const ROW_HEIGHT = 16;
const MAX_HEIGHT = 480;
const MIN_HEIGHT = 110;
/** A panel is not lower than this where the window gives the plot its height. */
const LEAST_PANEL = 50;
export const CHARACTER = 6.4;
/** Names are cut after this many characters. */
export const MAX_NAME = 14;
const MIN_NAME = 3;
/** Free on either side of the names. */
export const NAME_MARGIN = 6;
const QUANTILE_GUTTER = 52;
const SAMPLED_NAMES = 500;
/** Standard deviations from the mode. */
const FLAT = 3;

/** All levels from top to bottom in the order of the view. */
export function levelOrder(modes: Modes, order: number): Uint32Array {
  return modes.columns[order]?.order ?? naturalOrder(modes.levels.length);
}

/** Places everything in a width; the plot is not higher than `tallest` where that can be. */
export function layout(modes: Modes, ui: Ui, width: number, tallest = Infinity): Layout {
  const visible = visibleLevels(modes, ui);
  const gutter = gutterWidth(modes, ui);
  const room = width - gutter - RIGHT;
  const count = modes.columns.length;
  const perRow = Math.max(1, Math.min(count, Math.floor((room + GAP) / (MIN_PANEL + GAP))));
  const panelWidth = (room - GAP * (perRow - 1)) / perRow;
  const rows = Math.ceil(count / perRow);
  const natural = Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, visible.length * ROW_HEIGHT));
  const height = Math.min(natural, Math.max(LEAST_PANEL, tallest / rows - HEAD - FOOT));
  const band = HEAD + height + FOOT;
  const panels = modes.columns.map((column, i) => {
    const left = gutter + (i % perRow) * (panelWidth + GAP);
    const top = Math.floor(i / perRow) * band + HEAD;
    return place(modes, column, ui, visible, { left, top, width: panelWidth, height });
  });
  const rowHeight = height / Math.max(1, visible.length);
  return { width, height: rows * band, gutter, rowHeight, visible, panels };
}

function visibleLevels(modes: Modes, ui: Ui): Uint32Array {
  const all = levelOrder(modes, ui.order);
  return ui.window && ui.kind !== "qq" ? all.subarray(...ui.window) : all;
}

function gutterWidth(modes: Modes, ui: Ui): number {
  if (ui.kind === "qq") return QUANTILE_GUTTER;
  const longest = Math.min(MAX_NAME, Math.max(MIN_NAME, ...sampledLengths(modes.levels)));
  return Math.round(longest * CHARACTER) + 2 * NAME_MARGIN;
}

/** Lengths of so many names, evenly spread: enough for the width of the gutter. */
function* sampledLengths(names: string[]): Generator<number> {
  const step = Math.max(1, Math.floor(names.length / SAMPLED_NAMES));
  for (let i = 0; i < names.length; i += step) yield names[i]!.length;
}

function place(modes: Modes, column: Column, ui: Ui, visible: Uint32Array, box: Box): Panel {
  const shift = ui.kind === "coef" ? column.fixed : 0;
  const order = ui.kind === "qq" ? column.order : visible;
  const ends = column.intervals[ui.interval]!;
  const widest = ui.kind === "ridges" ? ridgeEnds(column) : ends;
  const [low, high] = extent(at(order, widest.low), at(order, widest.high));
  const domain: [number, number] =
    ui.kind === "coef" ? [shift + low, shift + high] : [Math.min(low, 0), Math.max(high, 0)];
  const x = linear(domain, [box.left, box.left + box.width]);
  return { column, ...box, x, order, y: heights(modes, ui, order.length, box), shift, ends };
}

/** Where ridges are all but flat. */
const ridgeEnds = ({ mode, sd }: Column): Ends => ({
  low: mode.map((value, i) => value - FLAT * sd[i]!),
  high: mode.map((value, i) => value + FLAT * sd[i]!),
});

/** The values of some levels. */
function at(order: Uint32Array, values: Float64Array): Float64Array {
  const chosen = new Float64Array(order.length);
  order.forEach((index, i) => {
    chosen[i] = values[index]!;
  });
  return chosen;
}

function heights(modes: Modes, ui: Ui, length: number, box: Box): Float64Array {
  const y = new Float64Array(length);
  if (ui.kind !== "qq") return y.map((_, i) => box.top + ((i + 0.5) * box.height) / length);
  const scale = quantileScale(modes, box);
  return y.map((_, i) => scale(modes.quantile[length - 1 - i]!));
}

/** The vertical scale of a QQ plot. */
export function quantileScale(modes: Modes, { top, height }: Box): Scale {
  const reach = Math.max(1, modes.quantile.at(-1) ?? 1) * 1.06;
  return linear([-reach, reach], [top + height, top]);
}

/** Whether the interval of a level excludes zero. */
export const isClear = ({ ends }: Panel, index: number): boolean => ends.low[index]! > 0 || ends.high[index]! < 0;

/** The marks of a panel, apart: intervals that exclude zero and those that do not. */
export function marksOf(panel: Panel): { clear: Marks; unclear: Marks } {
  const clear = noMarks();
  const unclear = noMarks();
  const { x, shift, column } = panel;
  panel.order.forEach((index, i) => {
    const low = panel.ends.low[index]!;
    const high = panel.ends.high[index]!;
    const target = isClear(panel, index) ? clear : unclear;
    target.low.push(x(shift + low));
    target.high.push(x(shift + high));
    target.x.push(x(shift + column.mode[index]!));
    target.y.push(panel.y[i]!);
  });
  return { clear, unclear };
}

/** The visible level nearest to a point of the drawing, or -1. */
export function nearest(plan: Layout, x: number, y: number): number {
  const inBand = plan.panels.filter(({ top, height }) => y >= top - HEAD && y <= top + height + FOOT);
  const panel = inBand.find(({ left, width }) => x <= left + width + GAP / 2) ?? inBand.at(-1);
  if (!panel || panel.order.length === 0) return -1;
  let best = 0;
  for (let i = 1; i < panel.y.length; i++) {
    if (Math.abs(panel.y[i]! - y) < Math.abs(panel.y[best]! - y)) best = i;
  }
  return panel.order[best]!;
}
