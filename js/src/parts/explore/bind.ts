/** Starts from a data frame: cards to choose a model by clicks, its formula as text, and the explorer of its fit. */
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { ExploreView, FrameView } from "../../types.ts";
import { drawCards } from "./draw.ts";
import { fitBelow } from "./fit_below.ts";
import { formulaBox } from "./formula_box.ts";
import { queued } from "./queue.ts";

export function explore(context: Context): Part {
  const frame = context.view<FrameView>("frame");
  const send = queued(context);
  const box = formulaBox(send);
  const cards = h("div.mw-cards");
  const choices = h("details.mw-more mw-choices", { open: true }, h("summary", {}, "Choose by clicks"), cards);
  const title = h("div.mw-title", {}, ...(frame ? drawTitle(frame) : []));
  const el = h("div.mw-explore", {}, title, box.el, choices);
  const below = fitBelow(context, el, () => {
    choices.open = false;
  });
  const update = (): void => {
    const view = context.view<ExploreView>("explore");
    if (!(view && frame)) return;
    box.update(view);
    keepFocus(cards, "control", () =>
      keepOpen(cards, () => cards.replaceChildren(...drawCards(frame, view.draft, send))),
    );
    void below.update(view.fits);
  };
  context.on("explore", update);
  context.on(
    "news",
    () => context.told("seen") != null && context.tell("seen", context.view<{ fits: number }>("news")?.fits),
  );
  context.on("room", box.fitText);
  update();
  const stop = (): void => {
    box.stop();
    below.stop();
  };
  return { el, shown: box.fitText, stop };
}

function drawTitle({ name, n_rows, n_columns }: FrameView): (Node | string)[] {
  const count = (number: number): string => number.toLocaleString("en-US");
  return [
    h("span.mw-formula", {}, "A model for ", h("code", {}, name)),
    h("span.mw-quiet", {}, `${count(n_rows)} rows, ${count(n_columns)} columns`),
  ];
}

/** What was unfolded stays so when the cards are drawn anew. */
function keepOpen(holder: HTMLElement, redraw: () => void): void {
  const folds = (): HTMLDetailsElement[] => [...holder.querySelectorAll<HTMLDetailsElement>("details[data-fold]")];
  const nameOf = (fold: HTMLDetailsElement): string =>
    `${fold.closest("fieldset")?.querySelector("legend")?.textContent} ${fold.dataset.fold}`;
  const open = folds()
    .filter((fold) => fold.open)
    .map(nameOf);
  redraw();
  for (const fold of folds()) fold.open = open.includes(nameOf(fold));
}
