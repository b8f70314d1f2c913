/** What a card says: the form of a term in a few words, and what was estimated of it. */
import { hasSlopes } from "../../core/choice.ts";
import { fixed, signif } from "../../core/format.ts";
import type { GroupChoice, RanefTableView } from "../../types.ts";

export function formWords(group: GroupChoice | undefined, form: GroupChoice["form"]): string {
  if (!group || form === "off") return "not in the model";
  if (form === "written") return "as it was written";
  if (form === "intercept") return "only the intercept varies";
  const terms = [...(group.intercept ? ["intercept"] : []), ...(hasSlopes(form) ? group.slopes : [])];
  if (terms.length < 2) return `only ${terms[0]} varies`;
  const all = terms.length === 2 ? "both vary" : `all ${terms.length} vary`;
  return form === "full" ? `full: ${all}, correlated` : `diagonal: ${all}, uncorrelated`;
}

/** Standard deviations and correlations of a factor and of what is left, where the table is not in view; "" if out. */
export function estimateWords({ groups, residual }: RanefTableView, name: string): string {
  const terms = groups.filter(({ group }) => group === name).flatMap((found) => found.rows);
  if (terms.length === 0) return "";
  const known = terms.flatMap(({ correlations }, i) => correlations.slice(0, i)).filter((value) => value !== null);
  const corr = known.length > 0 ? `; corr. ${known.map((value) => fixed(value, 2)).join(", ")}` : "";
  const sds = terms.map(({ sd }) => signif(sd ?? Number.NaN, 3)).join(", ");
  return `SD ${sds}${corr}${residual ? `; residual ${signif(residual.sd ?? Number.NaN, 3)}` : ""}`;
}
