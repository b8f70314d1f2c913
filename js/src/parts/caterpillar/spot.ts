/** One level of the plot: its marks, and its numbers in words. */
import type { Modes } from "../../core/decode.ts";
import { signif } from "../../core/format.ts";
import { s } from "../../dom/element.ts";
import type { Kind } from "../../host/context.ts";
import type { Layout, Panel } from "./layout.ts";

/** A mark is not lower than this, so that it is seen among thousands of levels. */
const MIN_ROW = 6;

/** A ground, a line and a point in every panel; few nodes, so that a hover stays within a frame. */
export function drawSpot(plan: Layout, index: number): SVGElement[] {
  return plan.panels.flatMap((panel) => drawInPanel(panel, index, Math.max(MIN_ROW, plan.rowHeight)));
}

function drawInPanel(
  { column, ends, order, x, y, shift, left, width }: Panel,
  index: number,
  height: number,
): SVGElement[] {
  const i = order.indexOf(index);
  if (i < 0) return [];
  const middle = y[i]!;
  const [low, high] = [x(shift + ends.low[index]!), x(shift + ends.high[index]!)];
  return [
    s("rect.mw-spot-row", { x: left, y: middle - height / 2, width, height }),
    s("path.mw-spot-line", { d: `M${low} ${middle}H${high}` }),
    s("circle.mw-spot-point", { cx: x(shift + column.mode[index]!), cy: middle, r: 5 }),
  ];
}

/** The level with the numbers of all its terms, as they are shown. */
export function describeLevel(plan: Layout, modes: Modes, kind: Kind, index: number): string {
  const terms = plan.panels.map(({ column, ends }) => {
    const value = kind === "coef" ? column.coef[index]! : column.mode[index]!;
    return `${column.name} ${signif(value)} \u00b1 ${signif(ends.high[index]! - column.mode[index]!)}`;
  });
  const rows = modes.size[index]!;
  return `${modes.group} ${modes.levels[index]}: ${terms.join("; ")}; ${rows} row${rows === 1 ? "" : "s"}`;
}
