/** What becomes of a command: busy with the elapsed time and cancel, an error with its hint, no kernel. */
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawBusy, drawMessage } from "./draw.ts";

/** Most refits are over before this; showing "busy" for them would only flicker. */
const BUSY_AFTER_MS = 150;
const TICK_MS = 100;

export function statusBar(context: Context, root: HTMLElement): Part {
  const clock = h("span.mw-clock", { "aria-hidden": "true" });
  const cancel = button("Cancel", () => context.send({ action: "cancel" }));
  const live = h("div.mw-status-live", { role: "status" });
  const alert = h("div.mw-status-alert", { role: "alert" });
  const el = h("div.mw-status", {}, live, alert, clock, cancel);
  let started = 0;
  let showing: ReturnType<typeof setTimeout> | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const tick = (): void => {
    clock.textContent = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  };
  const quiet = (): void => {
    clearTimeout(showing);
    clearInterval(ticking);
    showing = undefined;
    ticking = undefined;
    root.removeAttribute("aria-busy");
  };
  const showBusy = (): void => {
    el.dataset.state = "busy";
    root.setAttribute("aria-busy", "true");
    live.replaceChildren(...drawBusy());
    alert.replaceChildren();
    tick();
    ticking = setInterval(tick, TICK_MS);
  };
  const waitAndShow = (): void => {
    if (showing !== undefined) return;
    started = performance.now();
    showing = setTimeout(showBusy, BUSY_AFTER_MS);
  };
  const update = (): void => {
    const { status } = context;
    if (status.state === "busy") {
      waitAndShow();
      return;
    }
    quiet();
    const isBad = status.state === "error" || status.state === "lost";
    el.dataset.state = status.state;
    live.replaceChildren(...(isBad ? [] : drawMessage(status)));
    alert.replaceChildren(...(isBad ? drawMessage(status) : []));
  };
  context.on("status", update);
  update();
  return { el, stop: quiet };
}
