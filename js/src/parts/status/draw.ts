/** What the status bar says. */
import { h } from "../../dom/element.ts";
import type { ShownStatus } from "../../host/model.ts";

export function drawBusy(): (Node | string)[] {
  return [h("span.mw-spinner", { "aria-hidden": "true" }), "Fitting\u2026"];
}

/** The message and what to do; nothing where there is nothing to say. */
export function drawMessage({ message, hint }: ShownStatus): HTMLElement[] {
  if (!message) return [];
  return [h("span.mw-status-text", {}, message), h("span.mw-status-hint", {}, hint)];
}
