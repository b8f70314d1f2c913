/** Fixed effects: estimate, standard error, degrees of freedom, t value, p value. */
import type { Cell } from "../../core/csv.ts";
import { columnFormat, fixed, pValue } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import type { CoefficientRow, FixedTestsView } from "../../types.ts";

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
export function drawFixed(untested: CoefficientRow[], tests: FixedTestsView | null): HTMLTableElement {
  const isReady = tests?.state === "ready";
  const rows = rowsOf(untested, tests);
  const estimate = columnFormat(rows.flatMap((row) => [row.estimate, row.se]));
  const missing = tests?.state === "failed" ? "" : STILL_TO_COME;
  const row = ({ name, estimate: value, se, df, statistic, p }: CoefficientRow): HTMLElement =>
    h(
      "tr",
      {},
      h("th", { scope: "row", class: "mw-term" }, name),
      number(estimate(value)),
      number(estimate(se)),
      number(isReady ? fixed(df, 1) : missing),
      number(fixed(statistic, 2)),
      number(isReady ? pValue(p) : missing),
    );
  const head = HEAD.map((name, i) => h("th", { scope: "col", class: i > 0 ? "mw-num" : null }, name));
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Fixed effects"),
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...rows.map(row)),
  );
}

/** The table as cells with all digits. */
export function fixedCells(untested: CoefficientRow[], tests: FixedTestsView | null): Cell[][] {
  const row = ({ name, estimate, se, df, statistic, p }: CoefficientRow): Cell[] =>
    [name, estimate, se, df, statistic, p].map((cell) => cell ?? "");
  return [HEAD, ...rowsOf(untested, tests).map(row)];
}

const rowsOf = (untested: CoefficientRow[], tests: FixedTestsView | null): CoefficientRow[] =>
  tests?.state === "ready" ? tests.rows : untested;

const number = (text: string): HTMLTableCellElement => h("td", { class: "mw-num" }, text);
