/** The covariance pattern of a term as a small matrix: which (co)variances the model estimates. */
import { s } from "../dom/element.ts";
import type { Pattern } from "../types.ts";

const CELL = 8;

export function drawPattern(pattern: Pattern): SVGSVGElement {
  const k = pattern.names.length;
  const side = k * CELL + 1;
  const cells = pattern.cells.flatMap((row, i) =>
    row.map((on, j) =>
      s("rect", {
        x: j * CELL + 0.5,
        y: i * CELL + 0.5,
        width: CELL,
        height: CELL,
        class: !on ? "mw-cell-zero" : i === j ? "mw-cell-variance" : "mw-cell-covariance",
      }),
    ),
  );
  const label = describe(pattern);
  return s("svg", { class: "mw-pattern", viewBox: `0 0 ${side} ${side}`, width: side, height: side, role: "img", "aria-label": label }, s("title", {}, label), ...cells);
}

export function describe({ group, names, cells }: Pattern): string {
  const k = names.length;
  const pairs = (k * (k - 1)) / 2;
  const free = cells.reduce((sum, row, i) => sum + row.filter((on, j) => on && j < i).length, 0);
  const how = pairs === 0 ? "" : free === pairs ? ", all correlations estimated" : free === 0 ? ", correlations fixed at zero" : `, ${free} of ${pairs} correlations estimated`;
  return `${group}: ${k === 1 ? "variance" : "variances"} of ${names.join(", ")}${how}`;
}
