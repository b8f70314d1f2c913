/** The covariance pattern of a term as a small matrix: which (co)variances the model estimates. */
import { s } from "../../dom/element.ts";
import type { PatternView } from "../../types.ts";

const CELL = 8;

export function drawPattern({ text, cells }: PatternView): SVGSVGElement {
  const side = cells.length * CELL + 1;
  const squares = cells.flatMap((row, i) => row.map((isFree, j) => drawCell(i, j, isFree === 1)));
  return s(
    "svg.mw-pattern",
    {
      viewBox: `0 0 ${side} ${side}`,
      width: side,
      height: side,
      role: "img",
      "aria-label": text,
    },
    s("title", {}, text),
    ...squares,
  );
}

function drawCell(row: number, column: number, isFree: boolean): SVGRectElement {
  const kind = row === column ? "variance" : "covariance";
  return s("rect", {
    x: column * CELL + 0.5,
    y: row * CELL + 0.5,
    width: CELL,
    height: CELL,
    class: `mw-cell-${isFree ? kind : "zero"}`,
  });
}
