/** What each number of the summary means, one under the other. */
import { signif } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import type { Explanation } from "../../types.ts";

const text = (value: number): string => (Number.isInteger(value) ? String(value) : signif(value));

export const drawWords = (explanations: Explanation[]): HTMLElement[] =>
  explanations.flatMap(({ number, value, sentence }) => [
    h("dt", {}, number, value === null ? null : h("span.mw-words-value", {}, ` = ${text(value)}`)),
    h("dd", {}, sentence),
  ]);
