/** The structure picker: every click makes a new choice and sends it; Python writes the formula and fits it. */
import { isOn } from "../../core/choice.ts";
import { fold } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { FactorOption, PairOption, StructureView } from "../../types.ts";
import { type Control, elements, type Moves, type Next } from "./controls.ts";
import { criterionCard, fixedCard, pairCard } from "./draw.ts";
import { factorCard } from "./factor_card.ts";
import { estimateWords } from "./words.ts";

/**
 * The cards are made once per structure and only brought up to date later, so that the focus stays. A factor that was
 * in the model keeps its card and its place when it is taken out. `prior` is the card that comes last.
 */
export function picker(context: Context, prior: HTMLElement): Part {
  const el = h("div.mw-picker", { role: "group", "aria-label": "Model structure" });
  let controls: Control[] = [];
  /** The folds that are open, by their words. */
  const opened = new Set<string>();
  /** The grouping factors that have a card in view. */
  let known: string[] = [];

  const update = (): void => {
    if (context.ladder) for (const control of controls) control.update(context.choice);
  };
  const make = (next: Next): void => {
    context.choose(next(context.choice));
    update();
  };
  const moves: Moves = { make, lacks: (choice) => context.lacks(choice) };
  const folded = (words: string, cards: HTMLElement[]): HTMLElement[] => {
    if (cards.length === 0) return [];
    const details = fold(words, ...cards);
    details.open = opened.has(words);
    details.addEventListener("toggle", () => (details.open ? opened.add(words) : opened.delete(words)));
    return [details];
  };
  const build = (): void => {
    const { structure } = context;
    if (!(structure && context.ladder)) return;
    const { choice, room } = context;
    const shown = structure.factors.filter((factor) => known.includes(factor.name));
    const others = structure.factors.filter((factor) => !(shown.includes(factor) || isOfPair(factor, structure)));
    const fixed = fixedCard(structure.fixed, choice, moves);
    const cards = shown.map((factor) => factorCard(factor, moves));
    const spare = others.map((factor) => factorCard(factor, moves));
    const pairs = structure.pairs.map((pair) => pairCard(pair, moves));
    const criterion = structure.has_reml ? [criterionCard(moves)] : [];
    controls = [fixed, ...cards, ...spare, ...pairs, ...criterion];
    const rest = [...folded(MORE_FACTORS, elements(spare)), ...elements([...pairs, ...criterion]), prior];
    const [first, next] = [elements(cards.slice(0, 1)), elements(cards.slice(1))];
    keepFocus(el, "control", () => {
      if (room.size === "narrow") el.replaceChildren(...first, ...folded(THE_REST, [fixed.el, ...next, ...rest]));
      else if (room.isCompact) el.replaceChildren(...first, ...next, fixed.el, ...rest);
      else el.replaceChildren(fixed.el, ...first, ...next, ...rest);
      update();
      say();
    });
  };
  /** What was estimated stands on the cards, for where the table of the random effects is out of view. */
  const say = (): void => {
    for (const words of el.querySelectorAll<HTMLElement>("[data-says]")) {
      words.textContent = context.fit ? estimateWords(context.fit.varcorr, words.dataset.says!) : "";
    }
  };
  const updateWhenSettled = (): void => {
    if (context.isSettled) update();
  };
  const updateOrBuild = (): void => {
    updateWhenSettled();
    const now = context.ladder ? context.choice.groups.filter(isOn).map(({ group }) => group) : [];
    if (now.every((name) => known.includes(name))) return;
    known = [...known, ...now];
    build();
  };
  context.on("structure", () => {
    known = [];
    updateOrBuild();
  });
  context.on("ladder", updateOrBuild);
  context.on("status", updateWhenSettled);
  context.on("fit", say);
  context.on("room", build);
  updateOrBuild();
  return { el };
}

const MORE_FACTORS = "More grouping factors";
const THE_REST = "Fixed effects and more";

/** Whether the factor is the interaction of a pair, which is chosen at the pair. */
const isOfPair = (factor: FactorOption, { pairs }: StructureView): boolean =>
  pairs.some((pair) => isInteraction(factor, pair));

const isInteraction = ({ name }: FactorOption, { a, b, groups }: PairOption): boolean =>
  groups.includes(name) && name !== a && name !== b;
