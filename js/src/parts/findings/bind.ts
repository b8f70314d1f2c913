/** What needs care about the current fit. */
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawFindings } from "./draw.ts";

export function findings(context: Context): Part {
  const el = h("ul.mw-findings", { "aria-label": "Findings about this fit" });
  const update = (): void => {
    const found = context.fit?.findings ?? [];
    el.hidden = found.length === 0;
    el.replaceChildren(...drawFindings(found));
  };
  context.on("fit", update);
  update();
  return { el };
}
