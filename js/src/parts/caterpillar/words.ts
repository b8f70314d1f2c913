/** What stands below the plot: how it is to be read. */
import type { Modes } from "../../core/decode.ts";
import type { Kind } from "../../host/context.ts";

export function plotNote(modes: Modes, kind: Kind, confLevel: string, isDense: boolean): string {
  return zeroTerms(modes) + explain(kind, confLevel, isDense);
}

/** A variance that is estimated as zero leaves nothing to see, which is worth a word. */
function zeroTerms(modes: Modes): string {
  const names = modes.columns.filter((column) => column.is_zero).map((column) => column.name);
  if (names.length === 0) return "";
  return `All modes of ${names.join(" and ")} are zero: the variance is estimated as zero. `;
}

function explain(kind: Kind, confLevel: string, isDense: boolean): string {
  const reference = kind === "coef" ? "the fixed effect" : "zero";
  const marked = isDense ? "Darker lines" : "Filled points and thick lines";
  const key = `${marked}: the interval excludes ${reference}.`;
  const intervals = `${confLevel}% intervals from the conditional variances`;
  if (kind === "coef") return `Fixed effect plus conditional mode; ${intervals} of the modes. ${key}`;
  const quantiles = " against standard normal quantiles: a straight line speaks for a normal distribution";
  return `Conditional modes with ${intervals}${kind === "qq" ? quantiles : ""}. ${key}`;
}
