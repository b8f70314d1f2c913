/** The elements of the dial, and how they show a prior. */
import { button, radios } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";
import type { PriorChoice, PriorFamily, PriorView } from "../../types.ts";

/** The browser's thumb is this wide, so that its middle never reaches the ends of the slider. */
const THUMB = 16;

export interface Dial {
  el: HTMLDetailsElement;
  slider: HTMLInputElement;
  /** Shows a prior among what the view offers. */
  show: (view: PriorView, prior: PriorChoice) => void;
}

/** Makes the dial; `chosen` hears of a family that was clicked, `found` that the least prior is asked for. */
export function drawDial(chosen: (family: string) => void, found: () => void): Dial {
  const families = radios("", "Prior on the covariance matrices");
  const slider = h("input", { type: "range", "aria-label": "Strength of the Wishart prior" });
  const mark = h("span.mw-dial-mark", { "aria-hidden": "true" }, "\u25b2");
  const value = h("p.mw-dial-value");
  const ends = h(
    "div.mw-dial-ends",
    { "aria-hidden": "true" },
    h("span", {}, "none"),
    h("span", {}, "blme\u2019s default"),
  );
  const scale = h("div.mw-dial", {}, value, slider, mark, ends);
  const note = h("p.mw-note");
  const least = button("Least that is enough", found);

  const show = (view: PriorView, prior: PriorChoice): void => {
    const last = view.stops.length - 1;
    const stop = stopOf(view, prior);
    if (!families.firstChild) families.append(...drawFamilies(view.families, chosen));
    for (const input of families.querySelectorAll("input")) input.checked = input.value === prior.family;
    slider.max = String(last);
    slider.value = String(stop);
    value.textContent = view.stops[stop]!.label;
    slider.setAttribute("aria-valuetext", value.textContent);
    scale.hidden = !["none", "wishart"].includes(prior.family);
    mark.hidden = view.least === null;
    mark.style.left = `calc(${THUMB / 2}px + ${(view.least ?? 0) / last} * (100% - ${THUMB}px))`;
    least.hidden = !view.has_least;
    note.textContent = view.note;
    inShort.textContent = prior.family === "none" && !view.is_needed ? "none needed" : "";
  };
  const inShort = h("span.mw-quiet");
  const summary = h("summary", {}, "Weak prior ", inShort);
  const el = h("details.mw-card mw-prior", {}, summary, families, scale, note, least);
  return { el, slider, show };
}

/** The stop that a prior stands at; a strength between two stops is shown at the stronger one. */
function stopOf({ stops, least }: PriorView, { family, strength }: PriorChoice): number {
  if (family === "none") return 0;
  if (strength === null) return least ?? 0;
  const found = stops.findIndex((stop) => stop.strength >= strength);
  return found < 0 ? stops.length - 1 : found;
}

function drawFamilies(families: PriorFamily[], chosen: (family: string) => void): HTMLElement[] {
  const group = uniqueId("prior");
  return families.map(({ name, label, title }) =>
    h("label", { title }, h("input", { type: "radio", name: group, value: name, onchange: () => chosen(name) }), label),
  );
}
