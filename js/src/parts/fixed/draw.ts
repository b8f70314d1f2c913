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

type Format = (value: number | null) => string;

/** A column of numbers: its name, what a short name means, and the text of a row. */
interface Field {
  name: string;
  title?: string;
  text: (row: FixedRow) => string;
  /** Left out where there is little room. */
  isMinor?: boolean;
}

/** Without tests the columns of df and p stay, so that nothing moves when they come. */
export function drawFixed(
  rows: FixedRow[],
  level: string,
  room: Room,
  tests: FixedTestsView | null,
  ratio?: string,
): HTMLTableElement {
  const isTight = room.isCompact || room.size === "narrow";
  const forest = forestOf(rows, WIDTHS[room.isCompact ? "mid" : room.size], ratio !== undefined);
  const number = columnFormat(rows.flatMap(({ estimate, se }) => [estimate, se]));
  const fields = fieldsOf(number, tests, ratio).filter(({ isMinor }) => !(isTight && isMinor));
  const [estimate, ...others] = fields;
  const cell = (row: FixedRow) => (field: Field) => numberCell(field.text(row));
  const line = (row: FixedRow): HTMLElement =>
    h("tr", {}, termHead(row.name), cell(row)(estimate!), drawEnds(row, number, forest), ...others.map(cell(row)));
  const axis = h("tr", { "aria-hidden": "true" }, h("td", { colspan: 2 }), h("td", {}, drawAxis(forest)));
  const [first, ...last] = [estimate!, ...others].map(({ name, title }) => numberHead(name, title));
  const heads = [head("Term"), first!, head(`${level}% interval`), ...last];
  return table("Fixed effects", heads, h("tbody", {}, ...rows.map(line), forest.hasTerms && axis));
}

function fieldsOf(number: Format, tests: FixedTestsView | null, ratio?: string): Field[] {
  const missing = tests?.state === "failed" ? "" : STILL_TO_COME;
  const tested = (text: string): string => (tests?.state === "ready" ? text : missing);
  const df = {
    name: "df",
    title: "Degrees of freedom",
    text: (row: FixedRow) => tested(fixed(row.df, 1)),
    isMinor: true,
  };
  return [
    {
      name: ratio ?? "Estimate",
      title: ratio ? "exp(fixef())" : "In R: fixef()",
      text: ({ estimate }) => number(estimate),
    },
    { name: "low", text: ({ low }) => number(low), isMinor: true },
    { name: "high", text: ({ high }) => number(high), isMinor: true },
    { name: "SE", title: "Standard error", text: ({ se }) => number(se), isMinor: true },
    ...(tests?.has_df === false ? [] : [df]),
    {
      name: tests?.statistic ?? "t value",
      title: "Estimate over standard error",
      text: ({ statistic }) => fixed(statistic, 2),
    },
    { name: "p", text: ({ p }) => tested(pValue(p)) },
  ];
}

/** The interval as a picture; the intercept, which lies on no common scale, in numbers. */
function drawEnds({ name, estimate, low, high }: FixedRow, number: Format, forest: Forest): HTMLTableCellElement {
  if (estimate === null || low === null || high === null) return h("td");
  const words = `${number(low)} to ${number(high)}`;
  if (name === INTERCEPT) return h("td.mw-quiet mw-small", {}, words);
  return h("td", {}, drawForest(estimate, low, high, forest, words));
}
