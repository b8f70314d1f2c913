/** Tabs: one panel at a time, arrows move between the tabs. */
import { uniqueId } from "../../dom/element.ts";
import type { Part } from "../../host/context.ts";
import { drawTabs, type Tab } from "./draw.ts";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

export interface Page {
  label: string;
  part: Part;
  /** What stands at the right end of the row of tabs while the page is shown. */
  slot?: HTMLElement;
}

export function tabs(name: string, pages: Page[]): Part {
  const contents: Tab[] = pages.map(({ label, part, slot }) => ({
    label,
    id: uniqueId("tab"),
    content: part.el,
    slot,
  }));
  const { el, list, buttons, panels } = drawTabs(name, contents);
  const show = (chosen: number): void => {
    buttons.forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
    });
    pages.forEach(({ slot }, i) => {
      panels[i]!.hidden = i !== chosen;
      if (slot) slot.hidden = i !== chosen;
    });
    pages[chosen]!.part.shown?.();
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => show(i));
  });
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const now = buttons.findIndex((button) => button.tabIndex === 0);
    const next = (now + step + buttons.length) % buttons.length;
    show(next);
    buttons[next]!.focus();
  });
  show(0);
  const stop = (): void => {
    for (const { part } of pages) part.stop?.();
  };
  return { el, stop };
}
