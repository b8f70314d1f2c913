/** The button that lets the notebook's name hold the fit that is shown. */
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawHeld } from "./draw.ts";

/** Button and words keep their place: a click in the picker moves nothing under the pointer. */
export function keep(context: Context): Part {
  const held = h("span", { class: "mw-held", role: "status" });
  const button = h("button", { type: "button", class: "mw-button" });
  const el = h("div", { class: "mw-keep" }, held, button);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") context.send({ action: "keep" });
  });
  const update = (): void => {
    const { kept, fit } = context;
    el.hidden = kept === null;
    if (!(kept && fit)) return;
    const isShown = kept.of === fit.key;
    held.replaceChildren(...drawHeld(kept, isShown));
    held.title = held.textContent ?? "";
    button.replaceChildren("Use as ", h("code", {}, kept.name));
    button.setAttribute("aria-disabled", String(isShown || !context.isSettled));
  };
  for (const topic of ["kept", "fit", "status"] as const) context.on(topic, update);
  update();
  return { el };
}
