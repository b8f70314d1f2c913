/** The elements of the table of levels that stay while its head and rows are drawn anew. */
import { group, scroller } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";

export interface Frame {
  el: HTMLElement;
  /** Holds the list of grouping factors, where there are several. */
  groups: HTMLElement;
  filter: HTMLInputElement;
  /** Says how many levels there are. */
  counted: HTMLElement;
  /** Scrolls. */
  holder: HTMLElement;
  table: HTMLTableElement;
  caption: HTMLTableCaptionElement;
  head: HTMLTableSectionElement;
  body: HTMLTableSectionElement;
}

export function drawFrame(tools: HTMLElement): Frame {
  const id = uniqueId("filter");
  const groups = h("span");
  const filter = h("input", { id, type: "search", placeholder: "name\u2026", size: 10 });
  const filtering = h("span.mw-group", {}, h("label", { for: id }, "Filter"), filter);
  const counted = h("span.mw-quiet", { role: "status" });
  const bar = h("div.mw-controls", {}, groups, filtering, counted, tools);
  const caption = h("caption");
  const head = h("thead");
  const body = h("tbody");
  const table = h("table.mw-table mw-levels", {}, caption, head, body);
  const holder = scroller("Levels", "mw-scroll mw-tall", table);
  const el = group("div", "Levels", bar, holder);
  return { el, groups, filter, counted, holder, table, caption, head, body };
}
