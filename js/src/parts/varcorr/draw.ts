/** Variances, standard deviations, correlations and shares, laid out as lme4 prints VarCorr. */
import type { Cell } from "../../core/csv.ts";
import { columnFormat, count, fixed, percent, shortened } from "../../core/format.ts";
import { h } from "../../dom/element.ts";
import { head, numberCell, numberHead, table, termHead } from "../../dom/table.ts";
import type { GroupRows, RanefTableView, VarCorrRow } from "../../types.ts";

/** Longer names of terms are shortened in the head. */
const MAX_NAME = 30;
/** A correlation of 1 or -1 has a tint of this many per cent. */
const FULL_HEAT = 60;

/** What all rows share: how numbers are written, and which columns of correlations there are. */
interface Format {
  variance: (value: number | null) => string;
  sd: (value: number | null) => string;
  /** What the correlations are with, column by column, and where that stands among the rows. */
  with: [name: string, place: number][];
}

export function drawVarcorr(view: RanefTableView): HTMLTableElement {
  const rows = [...view.groups.flatMap((group) => group.rows), ...(view.residual ? [view.residual] : [])];
  const format: Format = {
    variance: columnFormat(rows.map((row) => row.variance)),
    sd: columnFormat(rows.map((row) => row.sd)),
    with: correlatedWith(view),
  };
  const groups = view.groups.map((group) => drawGroup(group, format));
  const { residual } = view;
  const last = residual && h("tbody", {}, drawResidual(residual, view.residual_share, format));
  return table("Random effects", drawHeads(format), ...groups, ...(last ? [last] : []));
}

/** The names of the columns of correlations; factors whose terms differ share a column. */
function correlatedWith({ groups, correlated }: RanefTableView): Format["with"] {
  return correlated.map((place) => {
    const names = groups.filter(({ rows }) => rows.length > place + 1).map(({ rows }) => rows[place]!.name);
    return [[...new Set(names)].join(", "), place];
  });
}

function drawHeads(format: Format): HTMLElement[] {
  const correlations = format.with.map(([name]) => {
    const code = h("span.mw-term", {}, shortened(name, MAX_NAME));
    return h("th", { scope: "col", class: "mw-num mw-with", title: `Correlation with ${name}` }, "Corr. with ", code);
  });
  const numbers = ["Variance", "SD"].map((name) => numberHead(name));
  return [head("Group"), head("Term"), ...numbers, ...correlations, numberHead("Share"), numberHead("Levels")];
}

function drawGroup({ group, rows, share, n_levels }: GroupRows, format: Format): HTMLElement {
  const rowspan = rows.length;
  const row = (term: VarCorrRow, i: number): HTMLElement => {
    const correlations = format.with.map(([, place]) =>
      place < i ? drawCorrelation(term.correlations[place] ?? null) : h("td"),
    );
    return h(
      "tr",
      {},
      i === 0 && h("th", { scope: "rowgroup", rowspan }, group),
      termHead(term.name),
      numberCell(format.variance(term.variance)),
      numberCell(format.sd(term.sd)),
      ...correlations,
      i === 0 && numberCell(drawShare(share), { rowspan }),
      i === 0 && numberCell(count(n_levels), { rowspan }),
    );
  };
  return h("tbody", {}, ...rows.map(row));
}

function drawResidual(residual: VarCorrRow, share: number | null, format: Format): HTMLTableRowElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row", colspan: 2 }, "Residual"),
    numberCell(format.variance(residual.variance)),
    numberCell(format.sd(residual.sd)),
    format.with.length > 0 && h("td", { colspan: format.with.length }),
    share === null ? h("td") : numberCell(drawShare(share)),
    h("td"),
  );
}

/** The heat is a tint behind the number, its side and strength say sign and size. */
function drawCorrelation(value: number | null): HTMLTableCellElement {
  if (value === null) return h("td.mw-num mw-quiet", { title: "Fixed at zero by the model" }, "\u2013");
  const side = value < 0 ? "mw-negative" : "mw-positive";
  const cell = h("td", { class: `mw-num mw-corr ${side}` }, h("span", {}, fixed(value, 2)));
  cell.style.setProperty("--mw-heat", `${Math.round(Math.min(1, Math.abs(value)) * FULL_HEAT)}%`);
  return cell;
}

function drawShare(share: number): HTMLElement {
  const bar = h("span.mw-share-bar", { "aria-hidden": "true" });
  bar.style.setProperty("--mw-share", `${Math.round(100 * share)}%`);
  return h("span.mw-share", {}, bar, h("span.mw-percent", {}, percent(share)));
}

/** The table as cells with all digits. */
export function varcorrCells(view: RanefTableView): Cell[][] {
  const { groups, residual, residual_share } = view;
  const columns = correlatedWith(view);
  const groupCells = ({ group, rows, share, n_levels }: GroupRows): Cell[][] =>
    rows.map(({ name, variance, sd, correlations }, i) => {
      const known = columns.map(([, place]) => correlations[place] ?? "");
      return [group, name, variance ?? "", sd ?? "", ...known, i === 0 ? share : "", i === 0 ? n_levels : ""];
    });
  const headings = columns.map(([name]) => `Corr. with ${name}`);
  return [
    ["Group", "Term", "Variance", "SD", ...headings, "Share", "Levels"],
    ...groups.flatMap(groupCells),
    ...(residual
      ? [
          [
            "Residual",
            "",
            residual.variance ?? "",
            residual.sd ?? "",
            ...columns.map(() => ""),
            residual_share ?? "",
            "",
          ],
        ]
      : []),
  ];
}
