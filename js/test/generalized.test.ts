/** The explorer of a logistic model: no residual variance, z tests, odds ratios one click away, ridges. */
import { expect, test } from "vitest";
import { rowsOf, show } from "./fake.ts";

type Shown = Awaited<ReturnType<typeof show>>;

const heads = (shown: Shown): string[] => shown.all(".mw-fixed thead th").map((cell) => cell.textContent);
const marks = (shown: Shown, selector: string): number =>
  shown.all(selector).reduce((sum, path) => sum + path.getAttribute("d")!.split("M").length - 1, 0);

test("names family and method, and has no residual variance", async () => {
  const shown = await show("cbpp");
  expect(shown.all(".mw-header .mw-badge").map((badge) => badge.textContent)).toEqual([
    "binomial (logit)",
    "Laplace",
    "converged",
  ]);
  expect(shown.all("[data-fact]").map((fact) => fact.dataset.fact)).not.toContain("Residual SD");
  expect(rowsOf(shown.find(".mw-varcorr table")).map(([group]) => group)).toEqual(["Group", "herd"]);
  expect(shown.find(".mw-varcorr .mw-note").textContent).toContain("log-odds");
  expect(shown.find(".mw-picker").textContent).not.toContain("REML");
});

test("tests are normal, without degrees of freedom", async () => {
  const shown = await show("cbpp");
  expect(heads(shown)).toEqual(["Term", "Estimate", "95% interval", "low", "high", "SE", "z value", "p"]);
  expect(shown.find(".mw-fixed .mw-note").textContent).toContain("Wald");
});

test("odds ratios are one click away, with their intervals and on a logarithmic scale", async () => {
  const shown = await show("cbpp");
  const numbers = (): string[] => rowsOf(shown.find(".mw-fixed table"))[2]!.filter((_, i) => i !== 0 && i !== 2);
  expect(numbers()).toEqual(["\u22120.9923", "\u22121.5933", "\u22120.3913", "0.3066", "\u22123.24", "0.0012"]);
  shown.find("[data-control='scale-1']").click();
  expect(heads(shown)[1]).toBe("odds ratio");
  expect(numbers()).toEqual(["0.37071", "0.20325", "0.67616", "0.11368", "\u22123.24", "0.0012"]);
  expect(shown.all(".mw-forest .mw-tick").map((tick) => tick.textContent)).toContain("1");
  shown.find("[data-control='scale-']").click();
  expect(heads(shown)[1]).toBe("Estimate");
});

test("a linear model has no ratios", async () => {
  const shown = await show("sleepstudy");
  expect(shown.all("[data-control='scale-1']")).toEqual([]);
});

test("axes are named in units of the link, and ridges stand on their rows", async () => {
  const shown = await show("cbpp");
  expect(shown.find(".mw-caterpillar .mw-note").textContent).toContain("log-odds");
  shown.find("[data-control='kind-ridges']").click();
  expect(shown.all(".mw-ridge")).toHaveLength(2);
  expect(marks(shown, ".mw-ridge")).toBe(15);
  expect(shown.all(".mw-caterpillar .mw-plot .mw-dot")).toEqual([]);
  expect(shown.find(".mw-caterpillar .mw-note").textContent).toContain("quadrature");
});

test("a widget may begin with ridges", async () => {
  const shown = await show("sleepstudy", { kind: "ridges" });
  expect(marks(shown, ".mw-ridge")).toBe(36);
  expect(shown.find(".mw-caterpillar .mw-note").textContent).toContain("exact for a linear model");
});
