/** A finding: its severity as a sign with a name, the message, what to do. */

import type { Note } from "../types.ts";
import { h } from "./element.ts";

const INFO = "\u2139";
const SIGNS: Record<string, string> = { error: "\u2716", warning: "\u26a0", info: INFO };

export function drawFinding({ severity, message, hint }: Note): HTMLLIElement {
  const sign = h("span.mw-sign", { role: "img", "aria-label": severity }, SIGNS[severity] ?? INFO);
  const stop = /[.!?]$/.test(message) ? " " : ". ";
  return h("li", { "data-severity": severity }, sign, h("span", {}, message, stop, h("span.mw-quiet", {}, hint)));
}
