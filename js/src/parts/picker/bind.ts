/** The structure picker: every click makes a new choice and sends it; Python writes the formula and fits it. */
import { groupOf, isOn } from "../../core/choice.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { Choice, FactorOption, PairOption, StructureView } from "../../types.ts";
import { type Control, elements } from "./controls.ts";
import { criterionCard, fixedCard, fold, pairCard } from "./draw.ts";
import { factorCard } from "./factor_card.ts";

/** The cards are made once per structure and only brought up to date later, so that the focus stays. */
export function picker(context: Context): Part {
  const el = h("div", { class: "mw-picker", role: "group", "aria-label": "Model structure" });
  let controls: Control[] = [];
  let isMoreOpen = false;
  /** The grouping factors that had a card in view when the cards were made. */
  let built = "";

  const update = (): void => {
    if (context.ladder) for (const control of controls) control.update(context.choice);
  };
  const change = (next: (choice: Choice) => Choice): void => {
    context.choose(next(context.choice));
    update();
  };
  const build = (): void => {
    const { structure } = context;
    if (!(structure && context.ladder)) return;
    const { choice } = context;
    const shown = structure.factors.filter((factor) => isShown(factor, choice));
    const others = structure.factors.filter((factor) => !(isShown(factor, choice) || isOfPair(factor, structure)));
    const fixed = fixedCard(structure.fixed, choice, change);
    const cards = shown.map((factor) => factorCard(factor, change));
    const folded = others.map((factor) => factorCard(factor, change));
    const last = [...structure.pairs.map((pair) => pairCard(pair, change)), criterionCard(change)];
    const more = fold("More grouping factors", ...elements(folded));
    more.open = isMoreOpen;
    more.addEventListener("toggle", () => {
      isMoreOpen = more.open;
    });
    controls = [fixed, ...cards, ...folded, ...last];
    built = namesOf(shown);
    keepFocus(el, "control", () => {
      el.replaceChildren(fixed.el, ...elements(cards), ...(folded.length > 0 ? [more] : []), ...elements(last));
      update();
    });
  };
  const updateWhenSettled = (): void => {
    if (context.isSettled) update();
  };
  const updateOrBuild = (): void => {
    updateWhenSettled();
    const shown = context.structure?.factors.filter((factor) => isShown(factor, context.choice)) ?? [];
    if (namesOf(shown) !== built) build();
  };
  context.on("structure", build);
  context.on("ladder", updateOrBuild);
  context.on("status", updateWhenSettled);
  build();
  return { el };
}

const isShown = (factor: FactorOption, choice: Choice): boolean => isOn(groupOf(choice, factor.name));

/** Whether the factor is the interaction of a pair, which is chosen at the pair. */
const isOfPair = (factor: FactorOption, { pairs }: StructureView): boolean =>
  pairs.some((pair) => isInteraction(factor, pair));

const isInteraction = ({ name }: FactorOption, { a, b, groups }: PairOption): boolean =>
  groups.includes(name) && name !== a && name !== b;

const namesOf = (factors: FactorOption[]): string => factors.map((factor) => factor.name).join("\n");
