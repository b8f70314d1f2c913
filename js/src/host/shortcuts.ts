/** Keys that the whole widget knows: Ctrl+Z and Shift+Ctrl+Z, on a Mac with Command. */
import type { Context } from "./context.ts";

export function undoByKey(root: HTMLElement, context: Context): void {
  root.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (!(isUndo && context.ladder) || isTyping(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    context.send({ action: event.shiftKey ? "redo" : "undo" });
  });
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type === "search";
