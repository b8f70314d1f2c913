/** Fixed effects: estimate, standard error, t value. */
import { columnFormat, fixed } from "../core/format.ts";
import { h } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { FixedView } from "../types.ts";

export function fixedTable(context: Context): Part {
  const el = h("div", { class: "mw-scroll", tabindex: 0, role: "region", "aria-label": "Fixed effects, scrollable" });
  const draw = (): void => {
    const fit = context.fit;
    if (fit) el.replaceChildren(drawFixed(fit.fixed));
  };
  context.on("fit", draw);
  draw();
  return { el };
}

export function drawFixed(view: FixedView): HTMLTableElement {
  const number = columnFormat([...view.estimate, ...view.se]);
  return h(
    "table",
    { class: "mw-table" },
    h("caption", {}, "Fixed effects"),
    h("thead", {}, h("tr", {}, ...["Term", "Estimate", "SE", "t value"].map((name, i) => h("th", { scope: "col", class: i ? "mw-num" : null }, name)))),
    h(
      "tbody",
      {},
      ...view.names.map((name, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row", class: "mw-term" }, name),
          h("td", { class: "mw-num" }, number(view.estimate[i]!)),
          h("td", { class: "mw-num" }, number(view.se[i]!)),
          h("td", { class: "mw-num" }, fixed(view.t[i]!, 2)),
        ),
      ),
    ),
  );
}
