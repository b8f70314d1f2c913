/** The words of the plot: the titles of its axes, and how it is to be read. */
import type { Modes } from "../../core/decode.ts";
import type { Kind } from "../../host/context.ts";

/** A panel that is narrower than this has no room for R's word. */
const WIDE_PANEL = 260;

export const QUANTILES = "standard normal quantile";

/** The title of the axis below a panel, R's word in brackets where there is room. */
export function axisTitle(kind: Kind, width: number): string {
  const [title, inR] =
    kind === "coef" ? ["average + deviation", "coef"] : ["deviation from the average", "conditional mode"];
  return width < WIDE_PANEL ? title! : `${title} (${inR})`;
}

export function plotNote(modes: Modes, kind: Kind, confLevel: string, isDense: boolean): string {
  return zeroTerms(modes) + explain(kind, confLevel, isDense);
}

/** A variance that is estimated as zero leaves nothing to see, which is worth a word. */
function zeroTerms(modes: Modes): string {
  const names = modes.columns.filter((column) => column.is_zero).map((column) => column.name);
  if (names.length === 0) return "";
  return `All deviations of ${names.join(" and ")} are zero: the variance is estimated as zero. `;
}

function explain(kind: Kind, confLevel: string, isDense: boolean): string {
  const marked = isDense ? "Darker lines" : "Filled points and thick lines";
  const key = `${marked}: the interval excludes ${kind === "coef" ? "the average" : "zero"}.`;
  const intervals = `${confLevel}% intervals from the conditional variances`;
  if (kind === "coef") return `The average (fixed effect) plus the deviation; ${intervals} of the deviations. ${key}`;
  const line = "The closer to the line (through the quartiles), the more normal the deviations are. ";
  return `Deviations from the average (conditional modes, R: ranef) with ${intervals}. ${kind === "qq" ? line : ""}${key}`;
}
