/** Fixed effects: estimate, standard error, degrees of freedom, t value, p value. */
import type { Cell } from "../../core/csv.ts";
import { columnFormat, fixed, pValue } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import type { FixedTestsView, FixedView } from "../../types.ts";

const HEAD = ["Term", "Estimate", "SE", "df", "t value", "p"];
const STILL_TO_COME = "\u2026";

const NOTES: Record<FixedTestsView["state"], string> = {
  waiting: "",
  computing: "Computing degrees of freedom and p values\u2026",
  ready: "t tests with Satterthwaite\u2019s degrees of freedom.",
  failed: "No degrees of freedom: ",
};

export const testsNote = (tests: FixedTestsView | null): string => (tests ? NOTES[tests.state] + tests.message : "");

/** Without tests the columns of df and p stay, so that nothing moves when they come. */
export function drawFixed(view: FixedView, tests: FixedTestsView | null): HTMLTableElement {
  const estimate = columnFormat([...view.estimate, ...view.se]);
  const ready = readyOf(tests);
  const missing = tests?.state === "failed" ? "" : STILL_TO_COME;
  const tested = (value: number | null | undefined, format: (value: number) => string): string => {
    if (value === undefined) return missing;
    return value === null ? "" : format(value);
  };
  const row = (name: string, i: number): HTMLElement =>
    h(
      "tr",
      {},
      h("th", { scope: "row", class: "mw-term" }, name),
      number(estimate(view.estimate[i]!)),
      number(estimate(view.se[i]!)),
      number(tested(ready?.df[i], (df) => fixed(df, 1))),
      number(fixed(view.t[i]!, 2)),
      number(tested(ready?.p[i], pValue)),
    );
  const head = HEAD.map((name, i) => h("th", { scope: "col", class: i > 0 ? "mw-num" : null }, name));
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Fixed effects"),
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...view.names.map(row)),
  );
}

/** The table as cells with all digits. */
export function fixedRows(view: FixedView, tests: FixedTestsView | null): Cell[][] {
  const ready = readyOf(tests);
  const row = (name: string, i: number): Cell[] => {
    const [df, p] = [ready?.df[i] ?? "", ready?.p[i] ?? ""];
    return [name, view.estimate[i]!, view.se[i]!, df, view.t[i]!, p];
  };
  return [HEAD, ...view.names.map(row)];
}

const readyOf = (tests: FixedTestsView | null): FixedTestsView | null => (tests?.state === "ready" ? tests : null);

const number = (text: string): HTMLTableCellElement => h("td", { class: "mw-num" }, text);
