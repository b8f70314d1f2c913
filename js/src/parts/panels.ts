/** Geometry of the caterpillar plot: which rows, which panels, where each mark is. Pure: numbers in, numbers out. */
import type { Column, Modes } from "../core/decode.ts";
import { orderBy } from "../core/order.ts";
import type { Marks } from "../core/path.ts";
import { extent, linear, type Scale } from "../core/scale.ts";
import type { Ui } from "../context.ts";

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
  /** What is added to a mode: the fixed effect where coefficients are shown. */
  shift: number;
  z: number;
}

export interface Layout {
  width: number;
  height: number;
  gutter: number;
  rowHeight: number;
  visible: Uint32Array;
  panels: Panel[];
}

const MIN_PANEL = 150;
const GAP = 18;
const HEAD = 22;
const FOOT = 26;
const ROW_HEIGHT = 16;
const MAX_HEIGHT = 480;
const MIN_HEIGHT = 110;
const CHARACTER = 6.4;

/** All levels from top to bottom in the order of the view. */
export function levelOrder(modes: Modes, order: number): Uint32Array {
  const column = modes.columns[order];
  return column ? orderBy(column.mode, "descending") : Uint32Array.from({ length: modes.levels.length }, (_, i) => i);
}

export function layout(modes: Modes, ui: Ui, z: number, width: number): Layout {
  const all = levelOrder(modes, ui.order);
  const visible = ui.window && ui.kind !== "qq" ? all.subarray(ui.window[0], ui.window[1]) : all;
  const longest = Math.min(14, Math.max(3, ...sampleLengths(modes.levels)));
  const gutter = ui.kind === "qq" ? 34 : Math.round(longest * CHARACTER) + 12;
  const room = width - gutter - 8;
  const count = modes.columns.length;
  const perRow = Math.max(1, Math.min(count, Math.floor((room + GAP) / (MIN_PANEL + GAP))));
  const panelWidth = (room - GAP * (perRow - 1)) / perRow;
  const height = Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, visible.length * ROW_HEIGHT));
  const band = HEAD + height + FOOT;
  const panels = modes.columns.map((column, i) =>
    place(modes, column, ui, z, visible, {
      left: gutter + (i % perRow) * (panelWidth + GAP),
      top: Math.floor(i / perRow) * band + HEAD,
      width: panelWidth,
      height,
    }),
  );
  return { width, height: Math.ceil(count / perRow) * band, gutter, rowHeight: height / Math.max(1, visible.length), visible, panels };
}

/** Lengths of at most 500 names, evenly spread: enough for the width of the gutter. */
function* sampleLengths(names: string[]): Generator<number> {
  const step = Math.max(1, Math.floor(names.length / 500));
  for (let i = 0; i < names.length; i += step) yield names[i]!.length;
}

type Box = Pick<Panel, "left" | "top" | "width" | "height">;

function place(modes: Modes, column: Column, ui: Ui, z: number, visible: Uint32Array, box: Box): Panel {
  const shift = ui.kind === "coef" ? column.fixed : 0;
  const order = ui.kind === "qq" ? orderBy(column.mode, "descending") : visible;
  const low = new Float64Array(order.length);
  const high = new Float64Array(order.length);
  order.forEach((index, i) => {
    low[i] = shift + column.mode[index]! - z * column.sd[index]!;
    high[i] = shift + column.mode[index]! + z * column.sd[index]!;
  });
  const domain = extent(low, high);
  const x = linear(ui.kind === "coef" ? domain : [Math.min(domain[0], 0), Math.max(domain[1], 0)], [box.left, box.left + box.width]);
  return { column, ...box, x, order, y: positions(modes, ui, order.length, box), shift, z };
}

function positions(modes: Modes, ui: Ui, n: number, box: Box): Float64Array {
  const y = new Float64Array(n);
  if (ui.kind !== "qq") return y.map((_, i) => box.top + ((i + 0.5) * box.height) / n);
  const reach = Math.max(1, modes.quantile[n - 1] ?? 1) * 1.06;
  const scale = linear([-reach, reach], [box.top + box.height, box.top]);
  return y.map((_, i) => scale(modes.quantile[n - 1 - i]!));
}

/** The marks of a panel, apart: intervals that exclude zero and those that do not. */
export function marks(panel: Panel): { clear: Marks; unclear: Marks } {
  const clear: Marks = { low: [], high: [], x: [], y: [] };
  const unclear: Marks = { low: [], high: [], x: [], y: [] };
  panel.order.forEach((index, i) => {
    const { mode, half } = at(panel, index);
    const target = Math.abs(mode) > half ? clear : unclear;
    target.low.push(panel.x(panel.shift + mode - half));
    target.high.push(panel.x(panel.shift + mode + half));
    target.x.push(panel.x(panel.shift + mode));
    target.y.push(panel.y[i]!);
  });
  return { clear, unclear };
}

export function at(panel: Panel, index: number): { mode: number; half: number } {
  return { mode: panel.column.mode[index]!, half: panel.z * panel.column.sd[index]! };
}

/** The visible level nearest to a point of the drawing, or -1. */
export function nearest(plan: Layout, x: number, y: number): number {
  const inBand = plan.panels.filter((panel) => y >= panel.top - HEAD && y <= panel.top + panel.height + FOOT);
  const panel = inBand.find((candidate) => x <= candidate.left + candidate.width + GAP / 2) ?? inBand.at(-1);
  if (!panel || panel.order.length === 0) return -1;
  let best = 0;
  for (let i = 1; i < panel.y.length; i++) if (Math.abs(panel.y[i]! - y) < Math.abs(panel.y[best]! - y)) best = i;
  return panel.order[best]!;
}
