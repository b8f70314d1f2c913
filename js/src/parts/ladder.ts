/** The structures visited so far, from many parameters to few; a click goes back to one. */
import { fixed, pValue } from "../core/format.ts";
import { h } from "../dom/element.ts";
import { formulaParts } from "./formula.ts";
import { drawPattern } from "./pattern.ts";
import type { Context, Part } from "../context.ts";
import type { LadderView, Rung } from "../types.ts";

const NUMBERS: [string, string][] = [["Par.", "Parameters"], ["Criterion", "REML criterion or \u22122 log-likelihood"], ["AIC", "Akaike's information criterion"], ["BIC", "Bayesian information criterion"]];

export function ladder(context: Context): Part {
  const el = h("div", { class: "mw-scroll mw-ladder", tabindex: 0, role: "group", "aria-label": "Structures visited, scrollable" });
  const draw = (): void => {
    const view = context.ladder;
    if (!view) return;
    const focused = el.contains(activeIn(el)) ? (activeIn(el) as HTMLElement).dataset["key"] : undefined;
    el.replaceChildren(drawLadder(view, (key) => context.send({ action: "goto", key })));
    if (focused !== undefined) el.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  };
  context.on("ladder", draw);
  draw();
  return { el };
}

const activeIn = (el: HTMLElement): Element | null => (el.getRootNode() as Document | ShadowRoot).activeElement ?? null;

export function drawLadder(view: LadderView, goTo: (key: number) => void): HTMLTableElement {
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Structures visited"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Model"),
        h("th", { scope: "col" }, "Pattern"),
        ...NUMBERS.map(([name, title]) => h("th", { scope: "col", class: "mw-num", title }, name)),
        h("th", { scope: "col" }, "Test against the next simpler"),
      ),
    ),
    h("tbody", {}, ...view.rungs.map((rung) => drawRung(rung, view, goTo))),
  );
}

function drawRung(rung: Rung, view: LadderView, goTo: (key: number) => void): HTMLTableRowElement {
  const current = rung.key === view.current;
  const name = h(
    "button",
    { type: "button", class: "mw-rung", "data-key": rung.key, title: current ? "The model shown" : "Go back to this model", onclick: () => current || goTo(rung.key) },
    h("span", { class: "mw-here", "aria-hidden": "true" }, current ? "\u25b8" : ""),
    h("code", {}, ...formulaParts(rung.formula)),
  );
  if (current) name.setAttribute("aria-current", "true");
  return h(
    "tr",
    { class: current ? "mw-current" : null },
    h("th", { scope: "row" }, name, drawVerdict(rung)),
    h("td", {}, h("div", { class: "mw-patterns" }, ...rung.patterns.map(drawPattern))),
    h("td", { class: "mw-num" }, String(rung.npar)),
    ...[fixed(rung.criterion, 2), fixed(rung.aic, 1), fixed(rung.bic, 1)].map((text) => criterionCell(text, rung)),
    testCell(rung, view),
  );
}

function criterionCell(text: string, rung: Rung): HTMLTableCellElement {
  if (rung.compares) return h("td", { class: "mw-num" }, text);
  return h("td", { class: "mw-num mw-quiet", title: "Does not compare with the model shown: ML needed" }, text, h("div", { class: "mw-small" }, "ML needed"));
}

function drawVerdict(rung: Rung): HTMLElement {
  return h(
    "div",
    { class: "mw-verdict" },
    h("span", { class: "mw-badge" }, rung.method),
    rung.prior && h("span", { class: "mw-badge mw-badge-prior" }, rung.prior),
    rung.is_singular && h("span", { class: "mw-badge mw-badge-warn" }, "\u26a0 singular"),
    h("span", { class: "mw-quiet mw-small" }, rung.verdict),
  );
}

function testCell(rung: Rung, view: LadderView): HTMLTableCellElement {
  if (!rung.lrt) return h("td", { class: "mw-quiet mw-small mw-wrap" }, rung.why);
  const { stat, df, p, against, note } = rung.lrt;
  const other = view.rungs.find((candidate) => candidate.key === against)?.formula ?? "";
  const test = `\u03c7\u00b2(${df}) ${fixed(stat, 2)}, p ${p < 0.0001 ? "" : "= "}${pValue(p)}`;
  return h("td", { class: "mw-wrap", title: `Against ${other}` }, test, h("div", { class: "mw-quiet mw-small" }, note));
}
