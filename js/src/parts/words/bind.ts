/** What do these numbers mean? A sentence for each, with the numbers of the fit that is shown. */
import { toggles } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { ExplanationsView } from "../../types.ts";
import { asked } from "../asked/bind.ts";
import { drawWords } from "./draw.ts";

const COMPUTING = "Reading the fit\u2026";

export function words(context: Context): Part {
  const bar = h("div.mw-controls");
  const list = h("dl.mw-words");
  const note = h("p.mw-note", { role: "status" }, COMPUTING);
  const el = h("div", {}, bar, note, list);
  let part = "";
  let view: ExplanationsView | null = null;

  const choose = (chosen: string): void => {
    part = chosen;
    redraw();
  };
  const redraw = (): void => {
    const all = view?.explanations ?? [];
    const parts = (view?.parts ?? []).filter((name) => all.some((one) => one.part === name));
    if (!parts.includes(part)) part = parts[0] ?? "";
    const options = parts.map((name) => ({ value: name, label: name }));
    const drawn = parts.length ? [toggles("Part of the summary", "words", options, part, choose)] : [];
    keepFocus(bar, "control", () => bar.replaceChildren(...drawn));
    list.replaceChildren(...drawWords(all.filter((one) => one.part === part)));
  };
  const draw = (next: ExplanationsView): void => {
    view = next;
    redraw();
  };
  const say = (message: string): void => {
    note.textContent = message || (view ? "" : COMPUTING);
    note.hidden = !note.textContent;
  };
  const asking = asked<ExplanationsView>(context, "words", el, () => ({}), draw, say);
  return { el, shown: asking.update };
}
