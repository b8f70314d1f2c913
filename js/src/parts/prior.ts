/** The dial for a weak prior: turned, it refits in the kernel; let go, it leaves an entry in the ladder. */
import { h, uniqueId } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { PriorChoice } from "../types.ts";

/** What the dial stands at this long after the last key or the release of the pointer is kept. */
const REST_MS = 400;

export function priorDial(context: Context): Part {
  const name = uniqueId("prior");
  const families = h("div", { class: "mw-segments", role: "radiogroup", "aria-label": "Prior on the covariance matrices" });
  const slider = h("input", { type: "range", min: 0, "aria-label": "Strength of the Wishart prior" });
  const mark = h("span", { class: "mw-dial-mark", "aria-hidden": "true" }, "\u25b2");
  const value = h("output", { class: "mw-dial-value" });
  const least = h("button", { type: "button", class: "mw-button", onclick: () => keep({ family: "wishart", strength: null }) }, "Least that is enough");
  const note = h("p", { class: "mw-note" });
  const dial = h(
    "div",
    { class: "mw-dial" },
    h("div", { class: "mw-dial-track" }, slider, mark),
    h("div", { class: "mw-dial-ends mw-quiet mw-small", "aria-hidden": "true" }, h("span", {}, "none"), h("span", {}, "blme\u2019s default")),
  );
  const el = h("fieldset", { class: "mw-card mw-prior" }, h("legend", {}, "Weak prior"), h("div", { class: "mw-controls" }, families, value, least), dial, note);
  let turned: PriorChoice | null = null;
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const choose = (prior: PriorChoice, draft: boolean): void => context.choose({ ...context.choice, prior }, draft);
  const keep = (prior: PriorChoice): void => {
    clearTimeout(timer);
    turned = null;
    choose(prior, false);
    draw();
  };
  const turn = (): void => {
    const { strength } = context.prior!.stops[slider.valueAsNumber]!;
    turned = strength ? { family: "wishart", strength } : { family: "none", strength: 0 };
    clearTimeout(timer);
    isLate = !context.settled;
    if (!isLate) choose(turned, true);
    draw();
  };
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => turned && keep(turned), REST_MS);
  };
  const draw = (): void => {
    const view = context.prior;
    el.hidden = !view;
    if (!view) return;
    const now = turned ?? context.choice.prior;
    const last = view.stops.length - 1;
    const at = now.strength === null ? (view.least?.stop ?? 0) : now.family === "none" ? 0 : Math.max(0, view.stops.findIndex((stop) => stop.strength >= now.strength!));
    if (families.children.length !== view.families.length) {
      families.replaceChildren(
        ...view.families.map((family) =>
          h("label", { title: family.title }, h("input", { type: "radio", name, value: family.name, onchange: () => keep({ family: family.name, strength: view.stops[last]!.strength }) }), family.label),
        ),
      );
    }
    for (const input of families.querySelectorAll("input")) input.checked = input.value === now.family;
    slider.max = String(last);
    slider.value = String(at);
    value.textContent = now.family === "wishart" ? `strength ${view.stops[at]!.label}` : "";
    slider.setAttribute("aria-valuetext", value.textContent || "none");
    dial.hidden = now.family !== "none" && now.family !== "wishart";
    mark.hidden = !view.least?.is_enough;
    mark.style.setProperty("--mw-at", String((view.least?.stop ?? 0) / last));
    mark.title = least.title = view.least?.sentence ?? "";
    const needsNone = now.family === "none" && !view.least && !context.fit?.is_singular;
    least.hidden = needsNone || view.least?.is_enough === false || dial.hidden;
    note.textContent = needsNone ? "No covariance matrix is singular: this fit needs no prior." : (view.least?.sentence ?? "");
  };
  slider.addEventListener("input", turn);
  slider.addEventListener("change", rest);
  context.on("prior", draw);
  context.on("ladder", draw);
  context.on("status", () => {
    if (turned && isLate && context.settled) turn();
    else draw();
  });
  draw();
  return { el, stop: () => clearTimeout(timer) };
}
