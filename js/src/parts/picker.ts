/** The structure picker: every click makes a new choice and sends it; Python writes the formula and fits it. */
import { groupOf, isOn, offeredSlopes, pairNow, setForm, setPair, toggleFixed, toggleIntercept, toggleSlope, whyFixedStays } from "../core/choice.ts";
import { count } from "../core/format.ts";
import { h, uniqueId, type Child } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import type { Choice, FactorOption, Form, PairOption, StructureView } from "../types.ts";

const FORMS: [Form, string, string][] = [
  ["full", "|", "full"],
  ["diagonal", "||", "diagonal"],
  ["intercept", "1", "intercept"],
];

type Redraw = (choice: Choice) => void;

/** The controls are made once per structure and only brought up to date later, so that the focus stays. */
export function picker(context: Context): Part {
  const el = h("div", { class: "mw-picker", role: "group", "aria-label": "Model structure" });
  let redraws: Redraw[] = [];
  let moreOpen = false;
  /** The grouping factors that had a card of their own when the controls were made. */
  let built = "";

  const now = (): Choice => context.choice;
  const refresh = (): void => {
    if (context.ladder) for (const redraw of redraws) redraw(now());
  };
  const choose = (next: Choice): void => {
    context.choose(next);
    refresh();
  };
  const build = (): void => {
    const structure = context.structure;
    if (!structure || !context.ladder) return;
    redraws = [];
    const focused = focusedControl();
    const [shown, off] = split(structure.factors, (factor) => isOn(groupOf(now(), factor.name)));
    const others = off.filter((factor) => structure.pairs.every((pair) => !isDerived(pair, factor)));
    built = namesOf(shown);
    const more = h("details", { class: "mw-more" }, h("summary", {}, "More grouping factors"), ...others.map((factor) => card(factor)));
    more.open = moreOpen;
    more.addEventListener("toggle", () => (moreOpen = more.open));
    el.replaceChildren(
      fixedPart(structure),
      ...shown.map((factor) => card(factor)),
      ...(others.length > 0 ? [more] : []),
      ...structure.pairs.map((pair) => pairPart(pair)),
      criterionPart(),
    );
    refresh();
    if (focused) el.querySelector<HTMLElement>(`[data-control="${CSS.escape(focused)}"]`)?.focus();
  };
  const focusedControl = (): string | undefined => {
    const active = (el.getRootNode() as Document | ShadowRoot).activeElement;
    return active instanceof HTMLElement && el.contains(active) ? active.dataset["control"] : undefined;
  };

  function fixedPart(structure: StructureView): HTMLElement {
    const chip = (option: StructureView["fixed"][number]): HTMLElement =>
      chipButton(option.name, () => choose(toggleFixed(now(), structure.fixed, option.name)), (choice) => ({
        on: choice.fixed.includes(option.name),
        why: whyFixedStays(choice, option),
      }));
    const [main, extra] = split(structure.fixed, (option) => now().fixed.includes(option.name) || structure.fixed.length <= 6);
    return h(
      "fieldset",
      { class: "mw-card" },
      h("legend", {}, "Fixed effects"),
      h("div", { class: "mw-chips" }, ...main.map(chip), main.length === 0 && h("span", { class: "mw-quiet" }, "intercept only")),
      extra.length > 0 && h("details", { class: "mw-more" }, h("summary", {}, "More columns of the data"), h("div", { class: "mw-chips" }, ...extra.map(chip))),
    );
  }

  function card(factor: FactorOption): HTMLElement {
    const legend = h("legend", {}, h("span", {}, factor.name), " ", h("span", { class: "mw-quiet mw-small" }, `${count(factor.n_levels)} levels`));
    const name = uniqueId("form");
    const whySlope = (choice: Choice): string => (offeredSlopes(choice, factor).some((slope) => slope.allowed) ? "" : `no fixed term varies within the levels of ${factor.name}`);
    const radios = [...FORMS, ...(factor.written ? [["written", "\u2026", "as written"] as [Form, string, string]] : []), ["off", "\u2013", "none"] as [Form, string, string]].map(([form, sign, word]) =>
      radio(factor.name, name, sign, word, () => choose(setForm(now(), factor, form)), (choice) => ({
        on: shownForm(choice, factor) === form,
        why: form === "off" ? "" : factor.allowed ? (form === "full" || form === "diagonal" ? whySlope(choice) : "") : factor.reason,
      })),
    );
    const chips = [
      chipButton("1", () => choose(toggleIntercept(now(), factor.name)), (choice) => {
        const group = groupOf(choice, factor.name);
        return { on: isOn(group) && group!.intercept && group!.form !== "written", why: isOn(group) || factor.allowed ? "" : factor.reason };
      }, `intercept for ${factor.name}`),
      ...factor.slopes.map((slope) =>
        chipButton(slope.name, () => choose(toggleSlope(now(), factor, slope.name)), (choice) => {
          const group = groupOf(choice, factor.name);
          const used = group?.form === "full" || group?.form === "diagonal";
          return {
            on: used && group!.slopes.includes(slope.name),
            why: slope.allowed ? (factor.allowed || isOn(group) ? "" : factor.reason) : slope.reason,
            hidden: !offeredSlopes(choice, factor).includes(slope),
          };
        }, `slope of ${slope.name} for ${factor.name}`),
      ),
    ];
    const reasons = h("p", { class: "mw-reason" });
    redraws.push((choice) => {
      const blocked = offeredSlopes(choice, factor).filter((slope) => !slope.allowed);
      const none = whySlope(choice) && `| and || need a slope, but ${whySlope(choice)}`;
      reasons.textContent = factor.allowed ? blocked.map((slope) => `${slope.name}: ${slope.reason}`).join("; ") || none : factor.reason;
      reasons.classList.toggle("mw-quiet", factor.allowed && blocked.length === 0);
      reasons.hidden = reasons.textContent === "";
    });
    const written = factor.written ? h("code", { class: "mw-written" }, factor.written) : null;
    return h(
      "fieldset",
      { class: "mw-card", "data-factor": factor.name },
      legend,
      h("div", { class: "mw-segments mw-forms", role: "radiogroup", "aria-label": `Covariance of ${factor.name}` }, ...radios),
      h("div", { class: "mw-chips", role: "group", "aria-label": `Terms that vary by ${factor.name}` }, ...chips),
      written,
      reasons,
    );
  }

  function pairPart(pair: PairOption): HTMLElement {
    const name = uniqueId("pair");
    const radios = pair.choices.map((option) =>
      radio(`${pair.a} ${pair.b}`, name, "", option.label, () => choose(setPair(now(), pair, option)), (choice) => ({ on: pairNow(choice, pair) === option, why: option.allowed ? "" : option.reason })),
    );
    const reasons = new Set(pair.choices.filter((option) => !option.allowed).map((option) => option.reason));
    return h(
      "fieldset",
      { class: "mw-card", "data-pair": `${pair.a}&${pair.b}` },
      h("legend", {}, `${pair.a} and ${pair.b}`),
      h("p", { class: "mw-note" }, pair.text),
      h("div", { class: "mw-segments mw-pairs", role: "radiogroup", "aria-label": `Relation of ${pair.a} and ${pair.b}` }, ...radios),
      reasons.size > 0 && h("p", { class: "mw-reason" }, [...reasons].join("; ")),
    );
  }

  function criterionPart(): HTMLElement {
    const name = uniqueId("criterion");
    const choices: [boolean, string][] = [[true, "REML"], [false, "ML"]];
    return h(
      "fieldset",
      { class: "mw-card" },
      h("legend", {}, "Criterion"),
      h("div", { class: "mw-segments", role: "radiogroup", "aria-label": "Criterion" }, ...choices.map(([reml, label]) => radio("criterion", name, "", label, () => choose({ ...now(), reml }), (choice) => ({ on: choice.reml === reml, why: "" })))),
    );
  }

  interface State {
    on: boolean;
    why: string;
    hidden?: boolean;
  }

  function chipButton(label: string, act: () => void, state: (choice: Choice) => State, name = ""): HTMLElement {
    const button = h("button", { type: "button", class: "mw-chip", "aria-label": name || null, "data-control": `chip ${name || label}` }, label);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
    redraws.push((choice) => {
      const { on, why, hidden } = state(choice);
      button.setAttribute("aria-pressed", String(on));
      button.setAttribute("aria-disabled", String(why !== ""));
      button.title = why || (on ? "In the model; click to take it out" : "Click to put it into the model");
      button.hidden = hidden ?? false;
    });
    return button;
  }

  function radio(owner: string, group: string, sign: string, word: string, act: () => void, state: (choice: Choice) => State): HTMLElement {
    const input = h("input", { type: "radio", name: group, onchange: act, "data-control": `${owner} ${word}` });
    const label: Child[] = sign ? [h("span", { class: "mw-form-sign", "aria-hidden": "true" }, sign), h("span", { class: "mw-form-word" }, word)] : [h("span", { class: "mw-form-word" }, word)];
    const el = h("label", {}, input, ...label);
    redraws.push((choice) => {
      const { on, why } = state(choice);
      input.checked = on;
      input.disabled = why !== "" && !on;
      el.title = why;
    });
    return el;
  }

  const settle = (): void => {
    if (context.settled) refresh();
  };
  context.on("structure", build);
  context.on("ladder", () => {
    settle();
    const shown = context.structure?.factors.filter((factor) => isOn(groupOf(now(), factor.name))) ?? [];
    if (namesOf(shown) !== built) build();
  });
  context.on("status", settle);
  build();
  return { el };
}

function shownForm(choice: Choice, factor: FactorOption): Form {
  const group = groupOf(choice, factor.name);
  if (!group) return "off";
  return (group.form === "full" || group.form === "diagonal") && group.slopes.length === 0 ? "intercept" : group.form;
}

/** Whether the factor is the interaction of a pair, which is chosen at the pair. */
const isDerived = (pair: PairOption, factor: FactorOption): boolean => pair.groups.includes(factor.name) && factor.name !== pair.a && factor.name !== pair.b;

const namesOf = (factors: FactorOption[]): string => factors.map((factor) => factor.name).join("\n");

function split<T>(items: T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
