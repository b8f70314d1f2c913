/** The fixed effects term by term, with the intervals of one confidence level. */
import type { Cell } from "../../core/csv.ts";
import type { CoefficientRow, FixedTestsView } from "../../types.ts";

export interface FixedRow extends CoefficientRow {
  low: number | null;
  high: number | null;
}

/** The rows with the intervals of a confidence level: its position among those that the fit offers. */
export function rowsOf(untested: CoefficientRow[], tests: FixedTestsView | null, interval: number): FixedRow[] {
  const ends = tests?.intervals[interval];
  const rows = tests?.state === "ready" ? tests.rows : untested;
  return rows.map((row, i) => ({ ...row, low: ends?.low[i] ?? null, high: ends?.high[i] ?? null }));
}

/** The table as cells with all digits. */
export function cellsOf(rows: FixedRow[], level: string): Cell[][] {
  const head = ["Term", "Estimate", `${level}% low`, `${level}% high`, "SE", "df", "t value", "p"];
  const line = ({ name, estimate, low, high, se, df, statistic, p }: FixedRow): Cell[] =>
    [name, estimate, low, high, se, df, statistic, p].map((cell) => cell ?? "");
  return [head, ...rows.map(line)];
}
