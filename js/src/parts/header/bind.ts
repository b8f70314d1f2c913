/** The current fit in one glance, undo and redo, and the code to take away. */
import { button, group, setBlocked } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { copyText } from "../../dom/export.ts";
import { formulaParts } from "../../dom/formula.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawBadges, drawCopies, drawFacts } from "./draw.ts";

const SAID_MS = 2500;

/** @param beside What stands beside the facts; without it there are none. */
export function header(context: Context, beside?: HTMLElement): Part {
  const formula = h("code.mw-formula");
  const badges = h("span.mw-badges");
  const undo = stepButton("\u21b6", "Undo", () => context.send({ action: "undo" }));
  const redo = stepButton("\u21b7", "Redo", () => context.send({ action: "redo" }));
  const said = h("span.mw-said", { role: "status" });
  const copies = group("span.mw-copies", "Copy the model as code");
  const facts = h("dl.mw-facts");
  const glance = beside && h("div.mw-glance", {}, facts, beside);
  const title = h("div.mw-title", {}, formula, badges);
  const tools = h("div.mw-tools", {}, beside && presentButton(), undo, redo, copies, said);

  const copy = async (label: string, text: string): Promise<void> => {
    const isCopied = await copyText(text);
    said.textContent = isCopied ? `Copied as ${label}` : "The browser did not allow copying";
    setTimeout(() => said.replaceChildren(), SAID_MS);
  };
  const updateFit = (): void => {
    const { fit } = context;
    if (!fit) return;
    formula.replaceChildren(...formulaParts(fit.formula));
    badges.replaceChildren(...drawBadges(fit));
    copies.replaceChildren(...drawCopies(fit.snippets, ({ label, text }) => void copy(label, text)));
    facts.replaceChildren(...drawFacts(fit));
  };
  const updateTools = (): void => {
    const { ladder } = context;
    undo.hidden = ladder === null;
    redo.hidden = ladder === null;
    setBlocked(undo, !(ladder?.can_undo ?? false));
    setBlocked(redo, !(ladder?.can_redo ?? false));
  };
  context.on("fit", updateFit);
  context.on("ladder", updateTools);
  updateFit();
  updateTools();
  return { el: h("div.mw-header", {}, title, tools, glance) };
}

/** Fills the screen, as a talk needs it; where the page does not allow that, there is no button. */
function presentButton(): HTMLButtonElement | false {
  const present = button("Present", () => toggleFull(present.closest(".mw")!), {
    class: "mw-button mw-present",
    title: "Fill the screen (Esc leaves)",
  });
  return document.fullscreenEnabled && present;
}

function toggleFull(root: Element): void {
  void (root.matches(":fullscreen") ? document.exitFullscreen() : root.requestFullscreen());
}

function stepButton(sign: string, name: string, act: () => void): HTMLButtonElement {
  return button(sign, act, { class: "mw-button mw-icon", "aria-label": name, title: name });
}
