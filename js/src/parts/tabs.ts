/** Tabs: one panel at a time, arrows move between the tabs. */
import { h, uniqueId } from "../dom/element.ts";
import type { Part } from "../context.ts";

export interface Tab {
  label: string;
  part: Part;
}

export function tabs(name: string, pages: Tab[]): Part {
  const ids = pages.map(() => uniqueId("tab"));
  const buttons = pages.map((page, i) =>
    h("button", { type: "button", role: "tab", id: ids[i]!, "aria-controls": `${ids[i]}-panel`, class: "mw-tab", onclick: () => show(i) }, page.label),
  );
  const panels = pages.map((page, i) => h("div", { role: "tabpanel", id: `${ids[i]}-panel`, "aria-labelledby": ids[i]!, class: "mw-panel" }, page.part.el));
  const show = (chosen: number): void => {
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
      panels[i]!.hidden = i !== chosen;
    });
    panels[chosen]!.dispatchEvent(new Event("mw-shown"));
  };
  const list = h("div", { role: "tablist", "aria-label": name, class: "mw-tabs" }, ...buttons);
  list.addEventListener("keydown", (event) => {
    const now = buttons.findIndex((button) => button.tabIndex === 0);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (now + step + buttons.length) % buttons.length;
    show(next);
    buttons[next]!.focus();
  });
  show(0);
  return { el: h("div", { class: "mw-tabbed" }, list, ...panels), stop: () => pages.forEach((page) => page.part.stop?.()) };
}
