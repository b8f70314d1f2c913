/** The place of a picture whose script comes when it is first looked at. */
import { h } from "../../dom/element.ts";
import type { Context, Late, Part } from "../../host/context.ts";

/** A page that was exported from a notebook has nobody who answers. */
const PATIENCE_MS = 3000;
const NOBODY = "Run the cell to see it";

export function later(context: Context, name: Late, slot: HTMLElement | null = null): Part {
  const words = h("p.mw-note", { role: "status" }, context.isStored ? `${NOBODY}.` : "\u2026");
  const el = h("div", {}, words);
  let part: Part | null = null;
  let isWanted = false;
  const load = async (): Promise<void> => {
    const script = context.pictures;
    if (!script) {
      if (!context.isStored) {
        setTimeout(() => words.replaceChildren(`${NOBODY}; a busy kernel will answer.`), PATIENCE_MS);
      }
      return context.ask("pictures");
    }
    const { parts, css } = await script;
    if (part) return;
    part = parts[name]!(context, slot);
    el.replaceChildren(h("style", {}, css), part.el);
    part.shown?.();
  };
  const shown = (): void => {
    isWanted = true;
    if (part) part.shown?.();
    else void load();
  };
  context.on("pictures", () => isWanted && !part && void load());
  return { el, shown, stop: () => part?.stop?.() };
}
