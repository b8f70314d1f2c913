/** The ladder: structures from many parameters to few, each with its test against the next simpler one. */
import { AIC, BIC, fixed, pValue } from "../../core/format.ts";
import { badge } from "../../dom/badge.ts";
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { formulaParts } from "../../dom/formula.ts";
import { head, numberCell, numberHead, table } from "../../dom/table.ts";
import type { LadderView, LrtView, RungView } from "../../types.ts";
import { drawPattern } from "./pattern.ts";

const NUMBERS: [string, string][] = [
  ["Par.", "Parameters"],
  ["Criterion", "REML criterion or \u22122 log-likelihood"],
  ["AIC", AIC],
  ["BIC", BIC],
];

type GoTo = (key: number) => void;

export function drawLadder(view: LadderView, goTo: GoTo): HTMLTableElement {
  const numbers = NUMBERS.map(([name, title]) => numberHead(name, title));
  const heads = [head("Model"), head("Pattern"), ...numbers, head("Test against the next simpler")];
  return table("Structures visited", heads, h("tbody", {}, ...view.rungs.map((rung) => drawRung(rung, view, goTo))));
}

function drawRung(rung: RungView, view: LadderView, goTo: GoTo): HTMLTableRowElement {
  const isCurrent = rung.key === view.current;
  return h(
    "tr",
    { class: isCurrent ? "mw-current" : null },
    h("th", { scope: "row" }, drawName(rung, isCurrent, goTo), drawVerdict(rung)),
    h("td", {}, h("div.mw-patterns", {}, ...rung.patterns.map(drawPattern))),
    numberCell(String(rung.npar)),
    ...[fixed(rung.criterion, 2), fixed(rung.aic, 1), fixed(rung.bic, 1)].map((text) => drawCriterion(text, rung)),
    rung.lrt ? drawTest(rung.lrt, view) : h("td.mw-quiet mw-small mw-wrap", {}, rung.why),
  );
}

function drawName({ key, formula }: RungView, isCurrent: boolean, goTo: GoTo): HTMLButtonElement {
  const attributes = {
    class: "mw-rung",
    "data-key": key,
    title: isCurrent ? "The model shown" : "Go back to this model",
    "aria-current": isCurrent ? "true" : null,
  };
  const here = h("span.mw-here", { "aria-hidden": "true" }, isCurrent ? "\u25b8" : "");
  const name = button(here, () => isCurrent || goTo(key), attributes);
  name.append(h("code", {}, ...formulaParts(formula)));
  return name;
}

function drawCriterion(text: string, { compares }: RungView): HTMLTableCellElement {
  if (compares) return numberCell(text);
  const title = "Does not compare with the model shown: ML needed";
  return h("td.mw-num mw-quiet", { title }, text, h("div.mw-small", {}, "ML needed"));
}

function drawVerdict({ method, prior, is_singular, verdict }: RungView): HTMLElement {
  return h(
    "div.mw-verdict",
    {},
    badge(method),
    prior && badge(prior, "mw-badge-prior"),
    is_singular && badge("\u26a0 singular", "mw-badge-warn"),
    h("span.mw-quiet mw-small", {}, verdict),
  );
}

function drawTest({ stat, df, p, against, note }: LrtView, view: LadderView): HTMLTableCellElement {
  const other = view.rungs.find((candidate) => candidate.key === against)?.formula ?? "";
  const equals = p < 0.0001 ? "" : "= ";
  return h(
    "td.mw-wrap",
    { title: `Against ${other}` },
    `\u03c7\u00b2(${df}) ${fixed(stat, 2)}, p ${equals}${pValue(p)}`,
    h("div.mw-quiet mw-small", {}, note),
  );
}
