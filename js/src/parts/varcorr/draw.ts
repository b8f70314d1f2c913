/** Variances, standard deviations, correlations and shares, laid out as lme4 prints VarCorr. */
import type { Cell } from "../../core/csv.ts";
import { columnFormat, count, fixed, percent } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import type { GroupRows, RanefTableView, VarCorrRow } from "../../types.ts";

/** A correlation of 1 or -1 has a tint of this many per cent. */
const FULL_HEAT = 60;

/** What all rows share: how numbers are written, and how many columns of correlations there are. */
interface Format {
  variance: (value: number | null) => string;
  sd: (value: number | null) => string;
  correlations: number;
}

export function drawVarcorr(view: RanefTableView): HTMLTableElement {
  const rows = [...view.groups.flatMap((group) => group.rows), view.residual];
  const format: Format = {
    variance: columnFormat(rows.map((row) => row.variance)),
    sd: columnFormat(rows.map((row) => row.sd)),
    correlations: Math.max(0, ...view.groups.map((group) => group.rows.length - 1)),
  };
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Random effects"),
    h("thead", {}, drawHead(format)),
    ...view.groups.map((group) => drawGroup(group, format)),
    h("tbody", {}, drawResidual(view, format)),
  );
}

function drawHead({ correlations }: Format): HTMLTableRowElement {
  const number = (name: string): HTMLElement => h("th", { scope: "col", class: "mw-num" }, name);
  return h(
    "tr",
    {},
    h("th", { scope: "col" }, "Group"),
    h("th", { scope: "col" }, "Term"),
    number("Variance"),
    number("SD"),
    correlations > 0 && h("th", { scope: "col", colspan: correlations }, "Correlation"),
    number("Share"),
    number("Levels"),
  );
}

function drawGroup({ group, rows, share, n_levels }: GroupRows, format: Format): HTMLElement {
  const rowspan = rows.length;
  const row = (term: VarCorrRow, i: number): HTMLElement => {
    const correlations = Array.from({ length: format.correlations }, (_, j) =>
      j < i ? drawCorrelation(term.correlations[j] ?? null) : h("td", { class: "mw-num" }),
    );
    return h(
      "tr",
      {},
      i === 0 && h("th", { scope: "rowgroup", rowspan }, group),
      h("th", { scope: "row", class: "mw-term" }, term.name),
      h("td", { class: "mw-num" }, format.variance(term.variance)),
      h("td", { class: "mw-num" }, format.sd(term.sd)),
      ...correlations,
      i === 0 && h("td", { class: "mw-num", rowspan }, drawShare(share)),
      i === 0 && h("td", { class: "mw-num", rowspan }, count(n_levels)),
    );
  };
  return h("tbody", {}, ...rows.map(row));
}

function drawResidual({ residual, residual_share }: RanefTableView, format: Format): HTMLTableRowElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row", colspan: 2 }, "Residual"),
    h("td", { class: "mw-num" }, format.variance(residual.variance)),
    h("td", { class: "mw-num" }, format.sd(residual.sd)),
    format.correlations > 0 && h("td", { colspan: format.correlations }),
    h("td", { class: "mw-num" }, drawShare(residual_share)),
    h("td", {}),
  );
}

/** The heat is a tint behind the number, its side and strength say sign and size. */
function drawCorrelation(value: number | null): HTMLTableCellElement {
  if (value === null) return h("td", { class: "mw-num mw-quiet", title: "Fixed at zero by the model" }, "\u2013");
  const side = value < 0 ? "mw-negative" : "mw-positive";
  const cell = h("td", { class: `mw-num mw-corr ${side}` }, h("span", {}, fixed(value, 2)));
  cell.style.setProperty("--mw-heat", `${Math.round(Math.min(1, Math.abs(value)) * FULL_HEAT)}%`);
  return cell;
}

function drawShare(share: number): HTMLElement {
  const bar = h("span", { class: "mw-share-bar", "aria-hidden": "true" });
  bar.style.setProperty("--mw-share", `${Math.round(100 * share)}%`);
  return h("span", { class: "mw-share" }, bar, h("span", { class: "mw-percent" }, percent(share)));
}

/** The table as cells with all digits. */
export function varcorrCells({ groups, residual, residual_share }: RanefTableView): Cell[][] {
  const groupCells = ({ group, rows, share, n_levels }: GroupRows): Cell[][] =>
    rows.map(({ name, variance, sd, correlations }, i) => {
      const joined = correlations.map((value) => value ?? "").join(" ");
      return [group, name, variance ?? "", sd ?? "", joined, i === 0 ? share : "", i === 0 ? n_levels : ""];
    });
  return [
    ["Group", "Term", "Variance", "SD", "Correlations", "Share", "Levels"],
    ...groups.flatMap(groupCells),
    ["Residual", "", residual.variance ?? "", residual.sd ?? "", "", residual_share, ""],
  ];
}
