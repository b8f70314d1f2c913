/** The dial for a weak prior: turned, it refits in the kernel; let go, it leaves an entry in the ladder. */
import { h, uniqueId } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { PriorChoice } from "../types.ts";

/** What the dial stands at this long after the last key or the release of the pointer is kept. */
const REST_MS = 400;

export function priorDial(context: Context): Part {
  const name = uniqueId("prior");
  const families = h("div", { class: "mw-segments", role: "radiogroup", "aria-label": "Prior on the covariance matrices" });
  const slider = h("input", { type: "range", "aria-label": "Strength of the Wishart prior" });
  const mark = h("span", { class: "mw-dial-mark", "aria-hidden": "true" }, "\u25b2");
  const value = h("p", { class: "mw-dial-value" });
  const least = h("button", { type: "button", class: "mw-button", onclick: () => keep({ family: "wishart", strength: null }) }, "Least that is enough");
  const note = h("p", { class: "mw-note" });
  const ends = h("div", { class: "mw-dial-ends", "aria-hidden": "true" }, h("span", {}, "none"), h("span", {}, "blme\u2019s default"));
  const dial = h("div", { class: "mw-dial" }, value, slider, mark, ends);
  const el = h("fieldset", { class: "mw-card mw-prior" }, h("legend", {}, "Weak prior"), families, dial, note, least);
  let turned: PriorChoice | null = null;
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const choose = (prior: PriorChoice, draft: boolean): void => {
    context.choose({ ...context.choice, prior }, draft);
    draw();
  };
  const keep = (prior: PriorChoice): void => {
    clearTimeout(timer);
    turned = null;
    choose(prior, false);
  };
  const turn = (): void => {
    const { strength } = context.prior!.stops[slider.valueAsNumber]!;
    turned = { family: strength ? "wishart" : "none", strength };
    clearTimeout(timer);
    isLate = !context.settled;
    if (isLate) draw();
    else choose(turned, true);
  };
  const draw = (): void => {
    const view = context.prior;
    el.hidden = !view;
    if (!view) return;
    const { family, strength } = turned ?? context.choice.prior;
    const last = view.stops.length - 1;
    const found = view.stops.findIndex((stop) => stop.strength >= (strength ?? 0));
    const at = family === "none" ? 0 : strength === null ? (view.least ?? 0) : found < 0 ? last : found;
    if (!families.firstChild) {
      const radio = (option: (typeof view.families)[number]): HTMLElement =>
        h("label", { title: option.title }, h("input", { type: "radio", name, value: option.name, onchange: () => keep({ family: option.name, strength: view.stops.at(-1)!.strength }) }), option.label);
      families.append(...view.families.map(radio));
    }
    for (const input of families.querySelectorAll("input")) input.checked = input.value === family;
    slider.max = String(last);
    slider.value = String(at);
    value.textContent = view.stops[at]!.label;
    slider.setAttribute("aria-valuetext", value.textContent);
    dial.hidden = !["none", "wishart"].includes(family);
    mark.hidden = view.least === null;
    mark.style.left = `calc(8px + ${(view.least ?? 0) / last} * (100% - 16px))`;
    least.hidden = !view.has_least;
    note.textContent = view.note;
  };
  slider.addEventListener("input", turn);
  slider.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => turned && keep(turned), REST_MS);
  });
  context.on("prior", draw);
  context.on("status", () => (turned && isLate && context.settled ? turn() : draw()));
  draw();
  return { el, stop: () => clearTimeout(timer) };
}
