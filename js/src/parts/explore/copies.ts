/** The chosen model as code to take away. */
import { button, group } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { copyText } from "../../dom/export.ts";
import type { Snippet } from "../../types.ts";

const SAID_MS = 2500;

export function copyTools(): { el: HTMLElement; update: (snippets: Snippet[]) => void } {
  const copies = group("span.mw-copies", "Copy the model as code");
  const said = h("span.mw-said", { role: "status" });
  const copy = async ({ label, text }: Snippet): Promise<void> => {
    const isCopied = await copyText(text);
    said.textContent = isCopied ? `Copied as ${label}` : "The browser did not allow copying";
    setTimeout(() => said.replaceChildren(), SAID_MS);
  };
  const update = (snippets: Snippet[]): void => {
    const buttons = snippets.map((snippet) =>
      button(snippet.label, () => void copy(snippet), { "aria-label": `Copy as ${snippet.label}` }),
    );
    copies.replaceChildren(h("span.mw-quiet", { "aria-hidden": "true" }, "Copy as"), ...buttons);
    copies.hidden = buttons.length === 0;
  };
  return { el: h("div.mw-tools", {}, copies, said), update };
}
