/** What the prior moves: each estimate without and with it, as numbers and as two points on a line. */
import { h, s } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { Move } from "../types.ts";

const WIDTH = 150;
const EDGE = 6;
const HEAD = ["Estimate", "Without", "With", "Change", "\u25cb without, \u25cf with"];

export function moves(context: Context): Part {
  const el = h("div", { class: "mw-scroll mw-moves", tabindex: 0, role: "region", "aria-label": "What the prior moves, scrollable" });
  const draw = (): void => {
    const { moves: rows = [], sentence = "" } = context.prior ?? {};
    el.hidden = !rows.length;
    el.replaceChildren(drawMoves(rows), h("p", { class: "mw-note" }, sentence));
  };
  context.on("prior", draw);
  draw();
  return { el };
}

const drawMoves = (rows: Move[]): HTMLTableElement =>
  h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "What the prior moves"),
    h("thead", {}, h("tr", {}, ...HEAD.map((name, i) => h("th", { scope: "col", class: i % 4 && "mw-num" }, name)))),
    h("tbody", {}, ...rows.map(drawMove)),
  );

const drawMove = (row: Move): HTMLElement =>
  h("tr", {}, h("th", { scope: "row", class: "mw-term" }, row.name), ...row.texts.map((text) => h("td", { class: "mw-num" }, text)), h("td", {}, picture(row)));

function picture({ without, under }: Move): SVGSVGElement {
  const x = (place: number): number => EDGE + (WIDTH - 2 * EDGE) * place;
  const point = (place: number | null, name: string): SVGElement | false => place !== null && s("circle", { cx: x(place), cy: 7, r: 4, class: name });
  return s(
    "svg",
    { width: WIDTH, height: 14, "aria-hidden": "true" },
    s("path", { class: "mw-grid-line", d: `M${EDGE} 7H${WIDTH - EDGE}` }),
    without !== null && under !== null && s("path", { class: "mw-spot-line", d: `M${x(without)} 7H${x(under)}` }),
    point(under, "mw-spot-point"),
    point(without, "mw-move-without"),
  );
}
