/** The button that lets the notebook's name hold the fit that is shown. */
import { button, setBlocked } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawHeld } from "./draw.ts";

/** Button and words keep their place: a click in the picker moves nothing under the pointer. */
export function held(context: Context): Part {
  const words = h("span.mw-held", { role: "status" });
  const use = button(null, () => context.send({ action: "hold" }));
  const el = h("div.mw-use", {}, words, use);
  const update = (): void => {
    const { held: view, fit } = context;
    el.hidden = view === null;
    if (!(view && fit)) return;
    const isShown = view.of === fit.key;
    words.replaceChildren(...drawHeld(view, isShown));
    words.title = words.textContent ?? "";
    use.replaceChildren("Use as ", h("code", {}, view.name));
    setBlocked(use, isShown || !context.isSettled);
  };
  for (const topic of ["held", "fit", "status"] as const) context.on(topic, update);
  update();
  return { el };
}
