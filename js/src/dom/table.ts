/** The pieces of a table: a caption, heads of columns, names of rows, numbers. */
import { type Attributes, type Child, h } from "./element.ts";

/** A table of bodies under one row of heads. */
export function table(caption: string, heads: Child[], ...bodies: Child[]): HTMLTableElement {
  const head = h("thead", {}, h("tr", {}, ...heads));
  return h("table.mw-table", {}, h("caption", {}, caption), head, ...bodies);
}

export const head = (name: Child, attributes: Attributes = {}): HTMLTableCellElement =>
  h("th", { scope: "col", ...attributes }, name);

/** The head of a column of numbers. */
export const numberHead = (name: Child, title?: string): HTMLTableCellElement => head(name, { class: "mw-num", title });

/** The head of a row that is about a term. */
export const termHead = (name: string): HTMLTableCellElement => h("th", { scope: "row", class: "mw-term" }, name);

export const numberCell = (content: Child, attributes: Attributes = {}): HTMLTableCellElement =>
  h("td.mw-num", { ...attributes }, content);
