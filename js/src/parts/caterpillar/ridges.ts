/** The conditional distribution of each level as a ridge on its row: two paths, whatever the number of levels. */
import type { Modes } from "../../core/decode.ts";
import { round } from "../../core/path.ts";
import { s } from "../../dom/element.ts";
import { isClear, type Panel } from "./layout.ts";

/** The height that Python gives to the top of a ridge. */
const TOP = 255;

/** Ridges of a height over their lines, those whose interval excludes zero apart. */
export function drawRidges(panel: Panel, modes: Modes, height: number): SVGPathElement[] {
  const paths = ["", ""];
  panel.order.forEach((index, i) => {
    paths[Number(isClear(panel, index))] += ridgePath(panel, modes, index, panel.y[i]!, height);
  });
  return paths.map((d, clear) => s("path", { class: clear ? "mw-ridge mw-clear" : "mw-ridge", d }));
}

/** The curve of a level between the edges of the panel; where all are normal they share one row of heights. */
function ridgePath({ column, x, left, width }: Panel, modes: Modes, index: number, base: number, top: number): string {
  const { ridge, points, reach } = modes;
  const row = ridge.length > points ? index * points : 0;
  const places = Array.from({ length: points }, (_, k) => {
    const at = x(column.mode[index]! + column.sd[index]! * reach * ((2 * k) / (points - 1) - 1));
    return `${round(Math.max(left, Math.min(left + width, at)))} ${round(base - (top * ridge[row + k]!) / TOP)}`;
  });
  return `M${places.join("L")}Z`;
}
