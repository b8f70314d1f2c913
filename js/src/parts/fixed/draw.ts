/** Fixed effects: estimate, interval as a picture and in numbers, standard error, degrees of freedom, t and p. */
import { columnFormat, fixed, pValue } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import { head, numberCell, numberHead, table, termHead } from "../../dom/table.ts";
import type { Room } from "../../host/room.ts";
import type { FixedTestsView } from "../../types.ts";
import { drawAxis, drawForest, type Forest, forestOf, INTERCEPT } from "./forest.ts";
import type { FixedRow } from "./rows.ts";

const STILL_TO_COME = "\u2026";
/** Width of the picture. */
const WIDTHS = { narrow: 96, mid: 130, wide: 140 };

const NOTES: Record<FixedTestsView["state"], string> = {
  waiting: "",
  computing: "Computing degrees of freedom and p values\u2026 until then the intervals are normal ones.",
  ready: "Intervals and tests: t with Satterthwaite\u2019s degrees of freedom.",
  failed: "Normal intervals. No degrees of freedom: ",
};

export const testsNote = (tests: FixedTestsView | null): string => (tests ? NOTES[tests.state] + tests.message : "");

type Format = (value: number | null) => string;

/** A column of numbers: its name, what a short name means, and the text of a row. */
interface Field {
  name: string;
  title?: string;
  text: (row: FixedRow) => string;
}

/** Without tests the columns of df and p stay, so that nothing moves when they come. */
export function drawFixed(rows: FixedRow[], level: string, room: Room, tests: FixedTestsView | null): HTMLTableElement {
  const isTight = room.isCompact || room.size === "narrow";
  const forest = forestOf(rows, WIDTHS[room.isCompact ? "mid" : room.size]);
  const number = columnFormat(rows.flatMap(({ estimate, se }) => [estimate, se]));
  const [estimate, ...others] = fieldsOf(number, tests).filter(({ name }) => !isTight || TIGHT.has(name));
  const cell = (row: FixedRow) => (field: Field) => numberCell(field.text(row));
  const line = (row: FixedRow): HTMLElement =>
    h("tr", {}, termHead(row.name), cell(row)(estimate!), drawEnds(row, number, forest), ...others.map(cell(row)));
  const axis = h("tr", { "aria-hidden": "true" }, h("td", { colspan: 2 }), h("td", {}, drawAxis(forest)));
  const [first, ...last] = [estimate!, ...others].map(({ name, title }) => numberHead(name, title));
  const heads = [head("Term"), first!, head(`${level}% interval`), ...last];
  return table("Fixed effects", heads, h("tbody", {}, ...rows.map(line), forest.hasTerms && axis));
}

/** What stays where there is little room. */
const TIGHT = new Set(["Estimate", "t value", "p"]);

function fieldsOf(number: Format, tests: FixedTestsView | null): Field[] {
  const missing = tests?.state === "failed" ? "" : STILL_TO_COME;
  const tested = (text: string): string => (tests?.state === "ready" ? text : missing);
  return [
    { name: "Estimate", title: "In R: fixef()", text: ({ estimate }) => number(estimate) },
    { name: "low", text: ({ low }) => number(low) },
    { name: "high", text: ({ high }) => number(high) },
    { name: "SE", title: "Standard error", text: ({ se }) => number(se) },
    { name: "df", title: "Degrees of freedom", text: ({ df }) => tested(fixed(df, 1)) },
    { name: "t value", title: "Estimate over standard error", text: ({ statistic }) => fixed(statistic, 2) },
    { name: "p", text: ({ p }) => tested(pValue(p)) },
  ];
}

/** The interval as a picture; the intercept, which lies on no common scale, in numbers. */
function drawEnds({ name, estimate, low, high }: FixedRow, number: Format, forest: Forest): HTMLTableCellElement {
  if (estimate === null || low === null || high === null) return h("td");
  const words = `${number(low)} to ${number(high)}`;
  if (name === INTERCEPT) return h("td", { class: "mw-quiet mw-small" }, words);
  return h("td", {}, drawForest(estimate, low, high, forest, words));
}
