/** What each number of the summary means, one under the other. */
import { signif } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import type { Explanation } from "../../types.ts";

export const drawWords = (explanations: Explanation[]): HTMLElement[] =>
  explanations.flatMap(({ number, value, sentence }) => [
    h("dt", {}, number, value === null ? null : h("span.mw-words-value", {}, ` = ${signif(value)}`)),
    h("dd", {}, sentence),
  ]);
