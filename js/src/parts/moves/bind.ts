/** What the prior moves; hidden without one. */
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawMoves } from "./draw.ts";

export function moves(context: Context): Part {
  const el = h("div.mw-scroll mw-moves", {
    tabindex: 0,
    role: "region",
    "aria-label": "What the prior moves, scrollable",
  });
  const update = (): void => {
    const { moves: rows = [], sentence = "" } = context.prior ?? {};
    el.hidden = rows.length === 0;
    el.replaceChildren(drawMoves(rows), h("p.mw-note", {}, sentence));
  };
  context.on("prior", update);
  update();
  return { el };
}
