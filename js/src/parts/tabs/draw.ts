/** A row of tabs over their panels. */
import { h } from "../../dom/element.ts";

export interface Tab {
  label: string;
  id: string;
  content: HTMLElement;
  slot?: HTMLElement | undefined;
}

export interface DrawnTabs {
  el: HTMLElement;
  list: HTMLElement;
  buttons: HTMLButtonElement[];
  panels: HTMLElement[];
}

export function drawTabs(name: string, tabs: Tab[]): DrawnTabs {
  const buttons = tabs.map(drawTab);
  const panels = tabs.map(drawPanel);
  const list = h("div", { role: "tablist", "aria-label": name, class: "mw-tabs" }, ...buttons);
  const row = h("div.mw-tab-row", {}, list, ...tabs.map(({ slot }) => slot));
  return { el: h("div.mw-tabbed", {}, row, ...panels), list, buttons, panels };
}

function drawTab({ label, id }: Tab): HTMLButtonElement {
  return h("button", { type: "button", role: "tab", id, "aria-controls": `${id}-panel`, class: "mw-tab" }, label);
}

function drawPanel({ id, content }: Tab): HTMLDivElement {
  return h("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, class: "mw-panel" }, content);
}
