/** Badges, facts and buttons for the code of a fit. */
import { AIC, BIC, count, fixed, signif } from "../../core/format.ts";
import { badge } from "../../dom/badge.ts";
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import type { FitView, Snippet } from "../../types.ts";

/** Family, method, prior, verdict; a singular fit has a sign instead of the verdict "boundary". */
export function drawBadges({ family, modelled, method, prior, verdict, is_singular }: FitView): HTMLElement[] {
  const badges = [badge(method)];
  if (family) badges.unshift(badge(family));
  badges[0]!.title = modelled;
  if (prior) badges.push(badge(prior, "mw-badge-prior"));
  if (verdict !== "boundary") badges.push(badge(verdict, verdict === "converged" ? "" : "mw-badge-warn"));
  if (is_singular) badges.push(badge("\u26a0 singular", "mw-badge-warn"));
  return badges;
}

export function drawFacts(fit: FitView): HTMLElement[] {
  const criterion = fit.method === "REML" ? "REML criterion" : "\u22122 log-likelihood";
  return [
    fact("Observations", count(fit.nobs), "Rows that are fitted"),
    fact("Parameters", String(fit.npar), "All that is estimated"),
    fact(criterion, fixed(fit.criterion, 2), "What the fit minimises"),
    fact("AIC", fixed(fit.aic, 1), AIC, "mw-fact-minor"),
    fact("BIC", fixed(fit.bic, 1), BIC, "mw-fact-minor mw-fact-least"),
    ...(fit.sigma === null ? [] : [fact("Residual SD", signif(fit.sigma), "Sigma")]),
  ];
}

/** What is of minor weight is left out where there is little room. */
function fact(name: string, value: string, title: string, weight = ""): HTMLElement {
  return h("div", { title, class: weight }, h("dt", {}, name), h("dd", { "data-fact": name }, value));
}

export function drawCopies(snippets: Snippet[], copy: (snippet: Snippet) => void): HTMLElement[] {
  const buttons = snippets.map((snippet) =>
    button(snippet.label, () => copy(snippet), { "aria-label": `Copy as ${snippet.label}` }),
  );
  return [h("span.mw-quiet", { "aria-hidden": "true" }, "Copy as"), ...buttons];
}
