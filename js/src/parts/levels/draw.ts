/** Head and rows of the table of levels. */
import type { Modes } from "../../core/decode.ts";
import { shortened } from "../../core/format.ts";
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { type Field, PER_TERM } from "./fields.ts";
import { BY_NAME, type Sorting } from "./sorting.ts";

/** Height of a row in pixels, as the style sheet has it. */
export const ROW = 24;
/** Rows of the table's head, which screen readers count too. */
export const HEAD_ROWS = 2;
/** Longer names of levels are shortened. */
const MAX_NAME = 24;

/** The head: names of the terms, and below them a button for each column that sorts by it. */
export function drawHead(
  modes: Modes,
  fields: Field[],
  sorting: Sorting,
  sortBy: (key: number) => void,
): HTMLTableRowElement[] {
  const cell = (key: number, label: string, attributes: Record<string, string | number>): HTMLElement =>
    h(
      "th",
      { scope: "col", ...attributes, "aria-sort": sorting.key === key ? sorting.direction : null },
      drawSorter(key, label, sorting, sortBy),
    );
  const terms = modes.columns.map(({ name }) =>
    h("th", { scope: "colgroup", colspan: PER_TERM, class: "mw-over mw-first" }, name),
  );
  const [rows, ...others] = fields;
  return [
    h(
      "tr",
      {},
      cell(BY_NAME, modes.group, { rowspan: HEAD_ROWS }),
      cell(0, rows!.label, { rowspan: HEAD_ROWS, class: "mw-num" }),
      ...terms,
    ),
    h("tr", {}, ...others.map(({ label }, i) => cell(i + 1, label, { class: numberClass(i + 1) }))),
  ];
}

function drawSorter(key: number, label: string, sorting: Sorting, sortBy: (key: number) => void): HTMLElement {
  const arrow = sorting.direction === "ascending" ? " \u25b4" : " \u25be";
  const sorter = button(label, () => sortBy(key), { class: "mw-sort", "data-sort": key });
  sorter.append(h("span", { "aria-hidden": "true" }, sorting.key === key ? arrow : ""));
  return sorter;
}

/** The rows from `first` to before `last`, with space for those that are not drawn. */
export function drawRows(
  modes: Modes,
  fields: Field[],
  rows: Uint32Array,
  first: number,
  last: number,
): HTMLTableRowElement[] {
  const visible = Array.from(rows.subarray(first, last), (index, i) => drawRow(modes, fields, index, first + i));
  return [drawSpace(first), ...visible, drawSpace(rows.length - last)];
}

function drawRow(modes: Modes, fields: Field[], index: number, position: number): HTMLTableRowElement {
  const level = modes.levels[index]!;
  return h(
    "tr",
    { "data-level": level, "aria-rowindex": position + HEAD_ROWS + 1 },
    h("th", { scope: "row", title: level.length > MAX_NAME ? level : null }, shortened(level, MAX_NAME)),
    ...fields.map(({ format, values }, i) => h("td", { class: numberClass(i) }, format(values[index]!))),
  );
}

/** Stands for the rows that are not drawn, so that the scroll bar tells the truth. */
function drawSpace(rows: number): HTMLTableRowElement {
  const space = h("tr.mw-spacer", { "aria-hidden": "true" });
  space.style.height = `${rows * ROW}px`;
  space.hidden = rows === 0;
  return space;
}

/** Each term begins with a line. */
const numberClass = (field: number): string => (field % PER_TERM === 1 ? "mw-num mw-first" : "mw-num");
