/** Each estimate without and with the prior, as numbers and as two points on a line. */
import { h, s } from "../../dom/element.ts";
import { head, numberCell, numberHead, table, termHead } from "../../dom/table.ts";
import type { MoveView } from "../../types.ts";

const WIDTH = 150;
const HEIGHT = 14;
const MIDDLE = HEIGHT / 2;
const EDGE = 6;

export function drawMoves(rows: MoveView[]): HTMLTableElement {
  const numbers = ["Without", "With", "Change"].map((name) => numberHead(name));
  const heads = [head("Estimate"), ...numbers, head("\u25cb without, \u25cf with")];
  return table("What the prior moves", heads, h("tbody", {}, ...rows.map(drawMove)));
}

function drawMove(row: MoveView): HTMLTableRowElement {
  const numbers = row.texts.map((text) => numberCell(text));
  return h("tr", {}, termHead(row.name), ...numbers, h("td", {}, drawPlaces(row)));
}

function drawPlaces({ without, under }: MoveView): SVGSVGElement {
  const x = (place: number): number => EDGE + (WIDTH - 2 * EDGE) * place;
  const line = (from: number, to: number, name: string): SVGElement =>
    s("path", { class: name, d: `M${from} ${MIDDLE}H${to}` });
  const point = (place: number | null, name: string): SVGElement | null =>
    place === null ? null : s("circle", { cx: x(place), cy: MIDDLE, r: 4, class: name });
  return s(
    "svg",
    { width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
    line(EDGE, WIDTH - EDGE, "mw-grid-line"),
    without !== null && under !== null && line(x(without), x(under), "mw-spot-line"),
    point(under, "mw-spot-point"),
    point(without, "mw-move-without"),
  );
}
