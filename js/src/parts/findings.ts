/** What needs care about the current fit: severity in words, message, what to do. */
import { h } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";

const SIGN: Record<string, string> = { error: "\u2716", warning: "\u26a0", info: "\u2139" };

export function findings(context: Context): Part {
  const el = h("ul", { class: "mw-findings", "aria-label": "Findings about this fit" });
  const draw = (): void => {
    const found = context.fit?.findings ?? [];
    el.hidden = found.length === 0;
    el.replaceChildren(
      ...found.map((finding) =>
        h(
          "li",
          { "data-severity": finding.severity },
          h("span", { class: "mw-sign", role: "img", "aria-label": finding.severity }, SIGN[finding.severity] ?? SIGN["info"]!),
          h("span", {}, finding.message, /[.!?]$/.test(finding.message) ? " " : ". ", h("span", { class: "mw-quiet" }, finding.hint)),
        ),
      ),
    );
  };
  context.on("fit", draw);
  draw();
  return { el };
}
