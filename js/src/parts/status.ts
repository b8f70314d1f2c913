/** Busy with the elapsed time and cancel; errors with their hint; no kernel. */
import { h } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";

/** Most refits are over before this; showing "busy" for them would only flicker. */
const BUSY_AFTER_MS = 150;

export function statusBar(context: Context, root: HTMLElement): Part {
  const text = h("span", { class: "mw-status-text" });
  const hint = h("span", { class: "mw-status-hint" });
  const clock = h("span", { class: "mw-clock", "aria-hidden": "true" });
  const cancel = h("button", { type: "button", class: "mw-button", onclick: () => context.send({ action: "cancel" }) }, "Cancel");
  const live = h("div", { class: "mw-status-live", role: "status" });
  const alert = h("div", { class: "mw-status-alert", role: "alert" });
  const el = h("div", { class: "mw-status" }, live, alert, clock, cancel);
  let started = 0;
  let shownAt: ReturnType<typeof setTimeout> | undefined;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const quiet = (): void => {
    clearTimeout(shownAt);
    clearInterval(ticking);
    shownAt = ticking = undefined;
    root.removeAttribute("aria-busy");
  };
  const showBusy = (): void => {
    const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`;
    el.dataset["state"] = "busy";
    root.setAttribute("aria-busy", "true");
    live.replaceChildren(h("span", { class: "mw-spinner", "aria-hidden": "true" }), "Fitting\u2026");
    alert.replaceChildren();
    clock.textContent = seconds();
    ticking = setInterval(() => (clock.textContent = seconds()), 100);
  };
  const draw = (): void => {
    const status = context.status;
    if (status.state === "busy") {
      if (shownAt !== undefined) return;
      started = performance.now();
      shownAt = setTimeout(showBusy, BUSY_AFTER_MS);
      return;
    }
    quiet();
    el.dataset["state"] = status.state;
    const bad = status.state === "error" || status.state === "lost";
    text.textContent = status.message;
    hint.textContent = status.hint;
    live.replaceChildren(...(bad || !status.message ? [] : [text, hint]));
    alert.replaceChildren(...(bad ? [text, hint] : []));
  };
  context.on("status", draw);
  draw();
  return { el, stop: quiet };
}
