/** The table of the fixed effects; their tests are asked for, and may come after the estimates. */
import { scroller } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { intervalToggles } from "../interval_toggles.ts";
import { drawFixed, testsNote } from "./draw.ts";
import { cellsOf, rowsOf } from "./rows.ts";

/** The tests are asked for once the page has been still for so long: a click that follows at once comes first. */
const STILL_MS = 300;

export function fixedTable(context: Context): Part {
  const bar = h("div", { class: "mw-controls" });
  const holder = scroller("Fixed effects", "mw-scroll");
  const note = h("p", { class: "mw-note", role: "status" });
  const level = (): string => context.fit?.intervals[context.ui.interval] ?? "";
  const rows = () => (context.fit ? rowsOf(context.fit.fixed, context.tests, context.ui.interval) : []);
  const tools = tableTools(
    () => "fixed-effects",
    () => cellsOf(rows(), level()),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The confidence level that is shown; other choices of the widget, as the zoom of a plot, change nothing here. */
  let shown = -1;

  const ask = (): void => {
    clearTimeout(timer);
    if (context.tests?.state !== "waiting") return;
    timer = setTimeout(() => context.isSettled && context.askTests(), STILL_MS);
  };
  const update = (): void => {
    if (!context.fit) return;
    shown = context.ui.interval;
    keepFocus(bar, "control", () => bar.replaceChildren(intervalToggles(context)));
    holder.replaceChildren(drawFixed(rows(), level(), context.room, context.tests));
    note.textContent = testsNote(context.tests);
  };
  for (const topic of ["fit", "tests", "room"] as const) context.on(topic, update);
  context.on("ui", () => shown !== context.ui.interval && update());
  context.on("tests", ask);
  context.on("status", ask);
  update();
  ask();
  const el = h("div", { class: "mw-fixed" }, bar, holder, h("div", { class: "mw-row" }, note, tools));
  return { el, stop: () => clearTimeout(timer) };
}
