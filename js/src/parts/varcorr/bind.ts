/** The table of the random effects. */
import { scroller } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawVarcorr, varcorrCells } from "./draw.ts";

export function varcorrTable(context: Context): Part {
  const holder = scroller("Random effects", "mw-scroll");
  const rows = () => (context.fit ? varcorrCells(context.fit.varcorr) : []);
  const tools = tableTools(() => "random-effects", rows);
  const note = h("p.mw-note");
  const update = (): void => {
    if (!context.fit) return;
    holder.replaceChildren(drawVarcorr(context.fit.varcorr));
    note.textContent = context.fit.varcorr.note;
  };
  context.on("fit", update);
  update();
  return { el: h("div.mw-varcorr", {}, holder, h("div.mw-row", {}, note, tools)) };
}
