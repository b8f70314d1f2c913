/** Variances, standard deviations, correlations and shares, laid out as lme4 prints VarCorr. */
import { columnFormat, count, fixed, percent } from "../core/format.ts";
import { type Cell } from "../core/csv.ts";
import { h } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { VarcorrView } from "../types.ts";
import { tableTools } from "./tools.ts";

export function varcorrTable(context: Context): Part {
  const holder = h("div", { class: "mw-scroll", tabindex: 0, role: "group", "aria-label": "Random effects, scrollable" });
  const tools = tableTools("random-effects", () => (context.fit ? rowsOf(context.fit.varcorr) : []));
  const note = h(
    "p",
    { class: "mw-note" },
    "Share: part of the variance of one observation, averaged over the rows; for random intercepts this is the intraclass correlation.",
  );
  const draw = (): void => {
    const fit = context.fit;
    if (fit) holder.replaceChildren(drawVarcorr(fit.varcorr));
  };
  context.on("fit", draw);
  draw();
  return { el: h("div", { class: "mw-varcorr" }, holder, h("div", { class: "mw-row" }, note, tools)) };
}

export function drawVarcorr(view: VarcorrView): HTMLTableElement {
  const width = Math.max(0, ...view.groups.map((group) => group.terms.length - 1));
  const all = [...view.groups.flatMap((group) => group.terms), view.residual];
  const variance = columnFormat(all.map((row) => row.variance));
  const sd = columnFormat(all.map((row) => row.sd));
  const head = h(
    "tr",
    {},
    ...["Group", "Term"].map((name) => h("th", { scope: "col" }, name)),
    ...["Variance", "SD"].map((name) => h("th", { scope: "col", class: "mw-num" }, name)),
    width > 0 && h("th", { scope: "col", colspan: width }, "Correlation"),
    ...["Share", "Levels"].map((name) => h("th", { scope: "col", class: "mw-num" }, name)),
  );
  const bodies = view.groups.map((group) =>
    h(
      "tbody",
      {},
      ...group.terms.map((term, i) =>
        h(
          "tr",
          {},
          i === 0 && h("th", { scope: "rowgroup", rowspan: group.terms.length }, group.group),
          h("th", { scope: "row", class: "mw-term" }, term.name),
          h("td", { class: "mw-num" }, variance(term.variance)),
          h("td", { class: "mw-num" }, sd(term.sd)),
          ...Array.from({ length: width }, (_, j) => correlationCell(term.corr[j], j < i)),
          i === 0 && h("td", { class: "mw-num", rowspan: group.terms.length }, shareBar(group.share)),
          i === 0 && h("td", { class: "mw-num", rowspan: group.terms.length }, count(group.n_levels)),
        ),
      ),
    ),
  );
  const residual = h(
    "tbody",
    {},
    h(
      "tr",
      {},
      h("th", { scope: "row", colspan: 2 }, "Residual"),
      h("td", { class: "mw-num" }, variance(view.residual.variance)),
      h("td", { class: "mw-num" }, sd(view.residual.sd)),
      width > 0 && h("td", { colspan: width }),
      h("td", { class: "mw-num" }, shareBar(view.residual.share)),
      h("td", {}),
    ),
  );
  return h("table", { class: "mw-table" }, h("caption", {}, "Random effects"), h("thead", {}, head), ...bodies, residual);
}

/** The heat is a tint behind the number, its side and strength say sign and size. */
function correlationCell(value: number | null | undefined, below: boolean): HTMLTableCellElement {
  if (value === undefined || !below) return h("td", { class: "mw-num" });
  if (value === null) return h("td", { class: "mw-num mw-quiet", title: "Fixed at zero by the model" }, "\u2013");
  const cell = h("td", { class: `mw-num mw-corr ${value < 0 ? "mw-negative" : "mw-positive"}` }, h("span", {}, fixed(value, 2)));
  cell.style.setProperty("--mw-heat", `${Math.round(Math.min(1, Math.abs(value)) * 60)}%`);
  return cell;
}

function shareBar(share: number): HTMLElement {
  const bar = h("span", { class: "mw-share-bar", "aria-hidden": "true" });
  bar.style.setProperty("--mw-share", `${Math.round(100 * share)}%`);
  return h("span", { class: "mw-share" }, bar, h("span", { class: "mw-percent" }, percent(share)));
}

function rowsOf(view: VarcorrView): Cell[][] {
  const rows: Cell[][] = [["Group", "Term", "Variance", "SD", "Correlations", "Share", "Levels"]];
  for (const group of view.groups) {
    group.terms.forEach((term, i) => {
      const corr = term.corr.map((value) => (value === null ? "" : String(value))).join(" ");
      rows.push([group.group, term.name, term.variance, term.sd, corr, i === 0 ? group.share : "", i === 0 ? group.n_levels : ""]);
    });
  }
  rows.push(["Residual", "", view.residual.variance, view.residual.sd, "", view.residual.share, ""]);
  return rows;
}
