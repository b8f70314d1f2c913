/** The fixed effects term by term, with the intervals of one confidence level. */
import type { Cell } from "../../core/csv.ts";
import type { CoefficientRow, FixedTestsView } from "../../types.ts";

export interface FixedRow extends CoefficientRow {
  low: number | null;
  high: number | null;
}

/** Rows that are tested, with the ends of their intervals. */
type Tested = Pick<FixedTestsView, "rows" | "intervals">;

/** The rows with the intervals of a confidence level: its position among those that the fit offers. */
export function rowsOf(untested: CoefficientRow[], tested: Tested | null, interval: number): FixedRow[] {
  const ends = tested?.intervals[interval];
  const rows = tested?.rows.length ? tested.rows : untested;
  return rows.map((row, i) => ({ ...row, low: ends?.low[i] ?? null, high: ends?.high[i] ?? null }));
}

/** The table as cells with all digits. */
export function cellsOf(rows: FixedRow[], level: string, tests: FixedTestsView | null, what = "Estimate"): Cell[][] {
  const hasDf = tests?.has_df ?? true;
  const head = ["Term", what, `${level}% low`, `${level}% high`, "SE", ...(hasDf ? ["df"] : [])];
  head.push(tests?.statistic ?? "t value", "p");
  const line = ({ name, estimate, low, high, se, df, statistic, p }: FixedRow): Cell[] =>
    [name, estimate, low, high, se, ...(hasDf ? [df] : []), statistic, p].map((cell) => cell ?? "");
  return [head, ...rows.map(line)];
}
