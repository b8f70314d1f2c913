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

/** `first` is the label of the page that is in front at first, the first one unless given; `told` hears of another. */
export function tabs(name: string, pages: Page[], first?: unknown, told?: (label: string) => void): Part {
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
  const turn = (chosen: number): void => {
    show(chosen);
    told?.(pages[chosen]!.label);
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => turn(i));
  });
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const now = buttons.findIndex((button) => button.tabIndex === 0);
    const next = (now + step + buttons.length) % buttons.length;
    turn(next);
    buttons[next]!.focus();
  });
  show(
    Math.max(
      0,
      pages.findIndex(({ label }) => label === first),
    ),
  );
  const stop = (): void => {
    for (const { part } of pages) part.stop?.();
  };
  return { el, stop };
}
