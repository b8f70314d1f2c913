/** Whose keys are whose: Ctrl+Z and Shift+Ctrl+Z are the whole widget's, on a Mac with Command. */
import type { Context } from "./context.ts";

const SUPPRESS = "data-lm-suppress-shortcuts";

/**
 * JupyterLab takes arrows and letters for itself unless the element that they go to says no (its parents are not
 * asked); it listens at the document, so that the window hears them first. What has Ctrl stays the page's: a click in
 * a widget must not keep Ctrl+S from saving.
 */
addEventListener(
  "keydown",
  (event) => {
    const target = event.target as Element;
    if (target.closest?.(".mw,.mw-twin")) target.toggleAttribute(SUPPRESS, isZ(event) || !hasCtrl(event));
  },
  true,
);

export function undoByKey(root: HTMLElement, context: Context): void {
  root.addEventListener("keydown", (event) => {
    if (!(hasCtrl(event) && isZ(event) && context.ladder) || isTyping(event)) return;
    event.preventDefault();
    event.stopPropagation();
    context.send({ action: event.shiftKey ? "redo" : "undo" });
  });
}

const hasCtrl = (event: KeyboardEvent): boolean => event.ctrlKey || event.metaKey;
const isZ = (event: KeyboardEvent): boolean => /^z$/i.test(event.key);
const isTyping = ({ target }: Event): boolean => (target as Element).matches("[type=search]");
