/** What the prior moves: each estimate without and with it, as numbers and as two points on a line. */
import { fixed, signif } from "../core/format.ts";
import { h, s } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { Move } from "../types.ts";

const WIDTH = 150;
const HEIGHT = 14;
const EDGE = 6;

export function moves(context: Context): Part {
  const el = h("div", { class: "mw-scroll mw-moves", tabindex: 0, role: "region", "aria-label": "What the prior moves, scrollable" });
  const draw = (): void => {
    const view = context.prior;
    el.hidden = !view?.moves.length;
    if (view?.moves.length) el.replaceChildren(drawMoves(view.moves), h("p", { class: "mw-note" }, view.sentence));
  };
  context.on("prior", draw);
  draw();
  return { el };
}

export function drawMoves(rows: Move[]): HTMLTableElement {
  const head = ["Estimate", "Without", "With", "Change"].map((name, i) => h("th", { scope: "col", class: i ? "mw-num" : null }, name));
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "What the prior moves"),
    h("thead", {}, h("tr", {}, ...head, h("th", { scope: "col" }, "\u25cb without, \u25cf with"))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", class: "mw-term" }, row.name),
          ...[number(row.without), number(row.under), change(row)].map((text) => h("td", { class: "mw-num" }, text)),
          h("td", {}, picture(row)),
        ),
      ),
    ),
  );
}

const number = (value: number | null): string => (value === null ? "\u2013" : signif(value));

function change({ without, under, change_in_se: inSe }: Move): string {
  if (inSe !== null) return `${inSe < 0 ? "" : "+"}${fixed(inSe, 3)} SE`;
  if (without === null || under === null) return "";
  return `${under < without ? "" : "+"}${signif(under - without, 2)}`;
}

function picture({ without, under, low, high }: Move): SVGSVGElement {
  const x = (value: number): number => EDGE + ((WIDTH - 2 * EDGE) * (value - low)) / (high - low);
  const y = HEIGHT / 2;
  const point = (value: number | null, name: string): SVGElement | null => (value === null ? null : s("circle", { cx: x(value), cy: y, r: 4, class: name }));
  return s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
    s("path", { class: "mw-grid-line", d: `M${EDGE} ${y}H${WIDTH - EDGE}` }),
    without !== null && under !== null && s("path", { class: "mw-spot-line", d: `M${x(without)} ${y}H${x(under)}` }),
    point(under, "mw-spot-point"),
    point(without, "mw-move-without"),
  );
}
