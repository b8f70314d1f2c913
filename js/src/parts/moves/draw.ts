/** Each estimate without and with the prior, as numbers and as two points on a line. */
import { h, s } from "../../dom/element.ts";
import type { MoveView } from "../../types.ts";

const WIDTH = 150;
const HEIGHT = 14;
const MIDDLE = HEIGHT / 2;
const EDGE = 6;

export function drawMoves(rows: MoveView[]): HTMLTableElement {
  const numbers = ["Without", "With", "Change"].map((name) => h("th", { scope: "col", class: "mw-num" }, name));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Estimate"),
    ...numbers,
    h("th", { scope: "col" }, "\u25cb without, \u25cf with"),
  );
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "What the prior moves"),
    h("thead", {}, head),
    h("tbody", {}, ...rows.map(drawMove)),
  );
}

function drawMove(row: MoveView): HTMLTableRowElement {
  const name = h("th", { scope: "row", class: "mw-term" }, row.name);
  const numbers = row.texts.map((text) => h("td", { class: "mw-num" }, text));
  return h("tr", {}, name, ...numbers, h("td", {}, drawPlaces(row)));
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
