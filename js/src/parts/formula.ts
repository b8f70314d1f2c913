/** A formula that breaks between its terms rather than inside a bar term. */
import { h } from "../dom/element.ts";

const BAR_TERM = /(\([^()]*\|[^()]*\))/;

export const formulaParts = (formula: string): (Node | string)[] =>
  formula.split(BAR_TERM).map((piece, i) => (i % 2 ? h("span", { class: "mw-bar-term" }, piece) : piece));
