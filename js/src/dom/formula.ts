/** A formula that breaks between its terms rather than inside a bar term. */
import { h } from "./element.ts";

const BAR_TERM = /(\([^()]*\|[^()]*\))/;

export function formulaParts(formula: string): (Node | string)[] {
  const pieces = formula.split(BAR_TERM);
  return pieces.map((piece, i) => (i % 2 === 1 ? h("span.mw-bar-term", {}, piece) : piece));
}
