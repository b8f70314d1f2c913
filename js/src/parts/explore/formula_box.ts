/** The formula as text: written by clicks, or typed; what is wrong with it stands below, the place marked. */
import { button, setBlocked } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";
import { drawFinding } from "../../dom/finding.ts";
import { focusedIn } from "../../dom/focus.ts";
import type { ExploreView, Flaw } from "../../types.ts";
import type { Send } from "./controls.ts";
import { copyTools } from "./copies.ts";

const PAUSE_MS = 250;
const PLACEHOLDER = "response ~ predictors + (1 | group)";

export interface FormulaBox {
  el: HTMLElement;
  update: (view: ExploreView) => void;
  /** Makes it as tall as its text, once it has a width or another one. */
  fitText: () => void;
  stop: () => void;
}

export function formulaBox(send: Send): FormulaBox {
  const id = uniqueId("formula");
  const box = textBox(id);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const settle = (): void => {
    clearTimeout(waiting);
    waiting = undefined;
  };
  const write = (): void => {
    settle();
    send({ action: "write", value: box.value });
  };
  /** What was typed goes with the wish to fit it. */
  const go = (): void => {
    const value = waiting === undefined ? "" : box.value;
    settle();
    send({ action: "fit", value });
  };
  const fit = button("Fit", go, {
    class: "mw-button mw-fit-button",
  });
  const below = underBox();
  box.addEventListener("input", () => {
    grow(box);
    settle();
    waiting = setTimeout(write, PAUSE_MS);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    go();
  });
  const update = (view: ExploreView): void => {
    const { draft } = view;
    const isTyping = focusedIn(el) === box && (waiting !== undefined || draft.is_typed);
    if (!isTyping) box.value = draft.formula;
    grow(box);
    setBlocked(fit, draft.flaw !== null);
    below.update(view);
  };
  const row = h("div.mw-formula-row", {}, box, fit);
  const label = h("label.mw-quiet mw-small", { for: id }, "Formula");
  const el = h("div.mw-formula-part", {}, label, row, ...below.parts);
  return { el, update, fitText: () => grow(box), stop: settle };
}

const textBox = (id: string): HTMLTextAreaElement =>
  h("textarea.mw-formula-box", {
    id,
    rows: 1,
    spellcheck: "false",
    autocomplete: "off",
    placeholder: PLACEHOLDER,
    "data-control": "formula",
  });

/** What is wrong with the formula, what is known about the model, the code to copy. */
function underBox(): { parts: HTMLElement[]; update: (view: ExploreView) => void } {
  const flaw = h("div.mw-flaw", { role: "status" });
  const notes = h("ul.mw-findings", { "aria-label": "About this model" });
  const copies = copyTools();
  const update = ({ draft, check }: ExploreView): void => {
    flaw.replaceChildren(...drawFlaw(draft.flaw, draft.formula));
    flaw.dataset.state = draft.is_typed ? "error" : "open";
    const found = check?.of === draft.formula && !draft.flaw ? check.notes : [];
    const kept = draft.notes.map((message) => ({ code: "", severity: "info", message, hint: "" }));
    notes.replaceChildren(...[...found, ...kept].map(drawFinding));
    notes.hidden = notes.childElementCount === 0;
    copies.update(draft.snippets);
  };
  return { parts: [flaw, notes, copies.el], update };
}

/** As tall as its text. */
function grow(box: HTMLTextAreaElement): void {
  box.style.height = "auto";
  if (box.scrollHeight > 0) box.style.height = `${box.scrollHeight + 2}px`;
}

/** The sentence, and the formula with the place marked where there is one. */
function drawFlaw(flaw: Flaw | null, formula: string): Node[] {
  if (!flaw || formula === "") return [];
  const { message, start, end } = flaw;
  const sentence = h("p", {}, message);
  if (end <= start) return [sentence];
  const place = h("mark", {}, formula.slice(start, end));
  return [sentence, h("code", {}, formula.slice(0, start), place, formula.slice(end))];
}
