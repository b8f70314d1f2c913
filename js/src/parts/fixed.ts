/** Fixed effects: estimate, standard error, degrees of freedom, t value, p value. */
import { type Cell } from "../core/csv.ts";
import { columnFormat, fixed, pValue } from "../core/format.ts";
import { h } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { FixedView, TestsView } from "../types.ts";
import { tableTools } from "./tools.ts";

/** The tests are asked for once the page has been still for so long: a click that follows at once comes first. */
const STILL_MS = 300;

const NOTES: Record<TestsView["state"], string> = {
  waiting: "",
  computing: "Computing degrees of freedom and p values\u2026",
  ready: "t tests with Satterthwaite\u2019s degrees of freedom.",
  failed: "No degrees of freedom: ",
};

export function fixedTable(context: Context): Part {
  const holder = h("div", { class: "mw-scroll", tabindex: 0, role: "group", "aria-label": "Fixed effects, scrollable" });
  const note = h("p", { class: "mw-note", role: "status" });
  const tools = tableTools("fixed-effects", () => (context.fit ? rowsOf(context.fit.fixed, context.tests) : []));
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = (): void => {
    clearTimeout(timer);
    if (context.tests?.state !== "waiting") return;
    timer = setTimeout(() => context.settled && context.askTests(), STILL_MS);
  };
  const draw = (): void => {
    if (!context.fit) return;
    const { tests } = context;
    holder.replaceChildren(drawFixed(context.fit.fixed, tests));
    note.textContent = tests ? NOTES[tests.state] + tests.message : "";
  };
  context.on("fit", draw);
  context.on("tests", draw);
  context.on("tests", ask);
  context.on("status", ask);
  draw();
  ask();
  return { el: h("div", { class: "mw-fixed" }, holder, h("div", { class: "mw-row" }, note, tools)), stop: () => clearTimeout(timer) };
}

/** Without tests the columns of df and p stay, so that nothing moves when they come. */
export function drawFixed(view: FixedView, tests: TestsView | null): HTMLTableElement {
  const number = columnFormat([...view.estimate, ...view.se]);
  const open = tests?.state === "failed" ? "" : "\u2026";
  const of = (values: (number | null)[] | undefined, format: (value: number) => string, i: number): string => {
    const value = values?.[i];
    return value === undefined ? open : value === null ? "" : format(value);
  };
  const ready = tests?.state === "ready" ? tests : undefined;
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Fixed effects"),
    h("thead", {}, h("tr", {}, ...["Term", "Estimate", "SE", "df", "t value", "p"].map((name, i) => h("th", { scope: "col", class: i ? "mw-num" : null }, name)))),
    h(
      "tbody",
      {},
      ...view.names.map((name, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", class: "mw-term" }, name),
          h("td", { class: "mw-num" }, number(view.estimate[i]!)),
          h("td", { class: "mw-num" }, number(view.se[i]!)),
          h("td", { class: "mw-num" }, of(ready?.df, (df) => fixed(df, 1), i)),
          h("td", { class: "mw-num" }, fixed(view.t[i]!, 2)),
          h("td", { class: "mw-num" }, of(ready?.p, pValue, i)),
        ),
      ),
    ),
  );
}

function rowsOf(view: FixedView, tests: TestsView | null): Cell[][] {
  const ready = tests?.state === "ready" ? tests : null;
  const cell = (values: (number | null)[] | undefined, i: number): Cell => values?.[i] ?? "";
  return [
    ["Term", "Estimate", "SE", "df", "t value", "p"],
    ...view.names.map((name, i): Cell[] => [name, view.estimate[i]!, view.se[i]!, cell(ready?.df, i), view.t[i]!, cell(ready?.p, i)]),
  ];
}
