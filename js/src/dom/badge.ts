/** A word or two about a fit that stand out: its method, a prior, a warning. */
import { h } from "./element.ts";

export function badge(text: string, kind = ""): HTMLElement {
  return h("span", { class: kind ? `mw-badge ${kind}` : "mw-badge" }, text);
}
