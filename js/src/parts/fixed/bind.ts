/** The table of the fixed effects; their tests are asked for, and may come after the estimates. */
import { scroller, toggles } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import { tableTools } from "../../dom/table_tools.ts";
import type { Context, Part } from "../../host/context.ts";
import { intervalToggles } from "../interval_toggles.ts";
import { drawFixed } from "./draw.ts";
import { cellsOf, rowsOf } from "./rows.ts";

/** The tests are asked for once the page has been still for so long: a click that follows at once comes first. */
const STILL_MS = 300;

/** Effects on the link scale, or their exponentials where these have a meaning. */
function scaleToggles(context: Context): HTMLElement[] {
  const name = context.tests?.ratios?.name;
  if (!name) return [];
  const options = [
    { value: "", label: context.fit!.unit },
    { value: "1", label: name },
  ];
  const { hasRatios } = context.ui;
  return [toggles("Scale", "scale", options, hasRatios ? "1" : "", (to) => context.setUi({ hasRatios: to !== "" }))];
}

export function fixedTable(context: Context): Part {
  const bar = h("div.mw-controls");
  const holder = scroller("Fixed effects", "mw-scroll");
  const note = h("p.mw-note", { role: "status" });
  const level = (): string => context.fit?.intervals[context.ui.interval] ?? "";
  const ratios = () => (context.ui.hasRatios && context.tests?.ratios) || null;
  const rows = () => (context.fit ? rowsOf(context.fit.fixed, ratios() ?? context.tests, context.ui.interval) : []);
  const tools = tableTools(
    () => "fixed-effects",
    () => cellsOf(rows(), level(), context.tests, ratios()?.name),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The confidence level that is shown; other choices of the widget, as the zoom of a plot, change nothing here. */
  let shown = "";
  const wanted = (): string => `${context.ui.interval}${context.ui.hasRatios}`;

  const ask = (): void => {
    clearTimeout(timer);
    if (context.tests?.state !== "waiting") return;
    timer = setTimeout(() => context.isSettled && context.ask("tests"), STILL_MS);
  };
  const update = (): void => {
    if (!context.fit) return;
    shown = wanted();
    keepFocus(bar, "control", () => bar.replaceChildren(...scaleToggles(context), intervalToggles(context)));
    holder.replaceChildren(drawFixed(rows(), level(), context.room, context.tests, ratios()?.name));
    note.textContent = context.tests?.message ?? "";
  };
  for (const topic of ["fit", "tests", "room"] as const) context.on(topic, update);
  context.on("ui", () => shown !== wanted() && update());
  context.on("tests", ask);
  context.on("status", ask);
  update();
  ask();
  const el = h("div.mw-fixed", {}, bar, holder, h("div.mw-row", {}, note, tools));
  return { el, stop: () => clearTimeout(timer) };
}
