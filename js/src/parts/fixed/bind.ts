/** The table of the fixed effects; their tests are asked for, and may come after the estimates. */
import { scroller } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawFixed, fixedCells, testsNote } from "./draw.ts";

/** The tests are asked for once the page has been still for so long: a click that follows at once comes first. */
const STILL_MS = 300;

export function fixedTable(context: Context): Part {
  const holder = scroller("Fixed effects", "mw-scroll");
  const note = h("p", { class: "mw-note", role: "status" });
  const rows = () => (context.fit ? fixedCells(context.fit.fixed, context.tests) : []);
  const tools = tableTools(() => "fixed-effects", rows);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = (): void => {
    clearTimeout(timer);
    if (context.tests?.state !== "waiting") return;
    timer = setTimeout(() => context.isSettled && context.askTests(), STILL_MS);
  };
  const update = (): void => {
    if (!context.fit) return;
    holder.replaceChildren(drawFixed(context.fit.fixed, context.tests));
    note.textContent = testsNote(context.tests);
  };
  context.on("fit", update);
  context.on("tests", update);
  context.on("tests", ask);
  context.on("status", ask);
  update();
  ask();
  const el = h("div", { class: "mw-fixed" }, holder, h("div", { class: "mw-row" }, note, tools));
  return { el, stop: () => clearTimeout(timer) };
}
