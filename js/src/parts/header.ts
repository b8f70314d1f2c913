/** The formula of the current fit, its state in one glance, undo and redo, and the code to take away. */
import { h } from "../dom/element.ts";
import { copyText } from "../dom/export.ts";
import { count, fixed, signif } from "../core/format.ts";
import { formulaParts } from "./formula.ts";
import type { Context, Part } from "../context.ts";
import type { FitView } from "../types.ts";

const facts = (fit: FitView): [string, string, string][] => [
  ["Observations", count(fit.nobs), "Rows that are fitted"],
  ["Parameters", String(fit.npar), "Fixed effects, (co)variances and the residual variance"],
  [fit.method === "REML" ? "REML criterion" : "\u22122 log-likelihood", fixed(fit.criterion, 2), "What the fit minimises"],
  ["AIC", fixed(fit.aic, 1), "Akaike's information criterion"],
  ["BIC", fixed(fit.bic, 1), "Bayesian information criterion"],
  ["Residual SD", signif(fit.sigma), "Sigma, in units of the response"],
];

export function header(context: Context, withFacts: boolean): Part {
  const formula = h("code", { class: "mw-formula" });
  const badges = h("span", { class: "mw-badges" });
  const undo = button("\u21b6", "Undo", () => context.send({ action: "undo" }));
  const redo = button("\u21b7", "Redo", () => context.send({ action: "redo" }));
  const said = h("span", { class: "mw-said", role: "status" });
  const copies = h("span", { class: "mw-copies", role: "group", "aria-label": "Copy the model as code" });
  const strip = h("dl", { class: "mw-facts" });
  const tools = h("div", { class: "mw-tools" }, undo, redo, copies, said);
  const el = h("div", { class: "mw-header" }, h("div", { class: "mw-title" }, formula, badges), tools, withFacts && strip);

  const copy = async (label: string, text: string): Promise<void> => {
    said.textContent = (await copyText(text)) ? `Copied as ${label}` : "The browser did not allow copying";
    setTimeout(() => (said.textContent = ""), 2500);
  };
  const drawFit = (): void => {
    const fit = context.fit;
    if (!fit) return;
    formula.replaceChildren(...formulaParts(fit.formula));
    badges.replaceChildren(
      h("span", { class: "mw-badge" }, fit.method),
      ...(fit.prior ? [h("span", { class: "mw-badge mw-badge-prior" }, fit.prior)] : []),
      ...(fit.verdict === "boundary" ? [] : [h("span", { class: `mw-badge${fit.verdict === "converged" ? "" : " mw-badge-warn"}` }, fit.verdict)]),
      ...(fit.is_singular ? [h("span", { class: "mw-badge mw-badge-warn" }, "\u26a0 singular")] : []),
    );
    copies.replaceChildren(
      h("span", { class: "mw-quiet", "aria-hidden": "true" }, "Copy as"),
      ...fit.snippets.map(({ label, text }) =>
        h("button", { type: "button", class: "mw-button", "aria-label": `Copy as ${label}`, onclick: () => void copy(label, text) }, label),
      ),
    );
    strip.replaceChildren(
      ...facts(fit).map(([name, value, title]) => h("div", { title }, h("dt", {}, name), h("dd", { "data-fact": name }, value))),
    );
  };
  const drawTools = (): void => {
    const ladder = context.ladder;
    undo.hidden = redo.hidden = ladder === null;
    setEnabled(undo, ladder?.can_undo ?? false);
    setEnabled(redo, ladder?.can_redo ?? false);
  };
  context.on("fit", drawFit);
  context.on("ladder", drawTools);
  drawFit();
  drawTools();
  return { el };
}

function button(sign: string, name: string, act: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: "mw-button mw-icon", "aria-label": name, title: name }, sign);
  element.addEventListener("click", () => element.getAttribute("aria-disabled") === "true" || act());
  return element;
}

/** aria-disabled keeps the focus where it is; `disabled` would drop it. */
function setEnabled(element: HTMLElement, enabled: boolean): void {
  element.setAttribute("aria-disabled", String(!enabled));
}
