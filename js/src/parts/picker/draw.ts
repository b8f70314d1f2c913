/** The cards of the picker that are not about one grouping factor: fixed effects, pairs of factors, the criterion. */
import { pairNow, setPair, toggleFixed, whyFixedStays } from "../../core/choice.ts";
import { fold, radios } from "../../dom/controls.ts";
import { type Child, h, uniqueId } from "../../dom/element.ts";
import type { Choice, FixedOption, PairOption } from "../../types.ts";
import { type Control, chip, elements, joined, type Moves, radio } from "./controls.ts";

/** Up to so many fixed terms are all in view; of more, those that are not in the model are folded away. */
const MAX_OPEN = 6;

const card = (legend: string, ...children: Child[]): HTMLElement =>
  h("fieldset.mw-card", {}, h("legend", {}, legend), ...children);

export function fixedCard(options: FixedOption[], choice: Choice, moves: Moves): Control {
  const isOpen = (option: FixedOption): boolean => choice.fixed.includes(option.name) || options.length <= MAX_OPEN;
  const chipOf = (option: FixedOption, isHidden = (): boolean => false): Control =>
    chip(
      {
        label: option.name,
        next: (now) => toggleFixed(now, options, option.name),
        state: (now) => ({
          isOn: now.fixed.includes(option.name),
          why: whyFixedStays(now, option),
          isHidden: isHidden(),
        }),
      },
      moves,
    );
  const open = options.filter(isOpen).map((option) => chipOf(option));
  const more = moreColumns(
    options.filter((option) => !isOpen(option)),
    chipOf,
  );
  const nothing = open.length === 0 && h("span.mw-quiet", {}, "intercept only");
  const el = card("Fixed effects", h("div.mw-chips", {}, ...elements(open), nothing), more?.el);
  return joined(el, [...open, ...(more ? [more] : [])]);
}

/** The columns that are folded away, with a box that finds them by a part of their name. */
function moreColumns(
  options: FixedOption[],
  chipOf: (option: FixedOption, isHidden: () => boolean) => Control,
): Control | null {
  if (options.length === 0) return null;
  let query = "";
  let last: Choice | null = null;
  const isHidden = (name: string): boolean => !name.toLowerCase().includes(query);
  const chips = options.map((option) => chipOf(option, () => isHidden(option.name)));
  const search = h("input", { type: "search", "aria-label": "Find a column", placeholder: "find a column\u2026" });
  const found = h("span.mw-quiet mw-small", { role: "status" });
  const update = (choice: Choice): void => {
    last = choice;
    for (const { update } of chips) update(choice);
    const count = options.filter(({ name }) => !isHidden(name)).length;
    found.textContent = query ? `${count} of ${options.length}` : "";
  };
  search.addEventListener("input", () => {
    query = search.value.trim().toLowerCase();
    if (last) update(last);
  });
  const el = fold(
    `More columns of the data (${options.length})`,
    h("span.mw-group", {}, search, found),
    h("div.mw-chips", {}, ...elements(chips)),
  );
  return { el, update };
}

export function pairCard(pair: PairOption, moves: Moves): Control {
  const { a, b, text, choices } = pair;
  const group = uniqueId("pair");
  const relations = choices.map((option) =>
    radio(
      {
        owner: `${a} ${b}`,
        group,
        label: option.label,
        next: (now) => setPair(now, pair, option),
        state: (now) => ({ isOn: pairNow(now, pair) === option, why: option.allowed ? "" : option.reason }),
      },
      moves,
    ),
  );
  const reasons = new Set(choices.filter((option) => !option.allowed).map((option) => option.reason));
  const el = card(
    `${a} and ${b}`,
    h("p.mw-note", {}, text),
    radios("mw-pairs", `Relation of ${a} and ${b}`, ...elements(relations)),
    reasons.size > 0 && h("p.mw-reason", {}, [...reasons].join("; ")),
  );
  el.dataset.pair = `${a}&${b}`;
  return joined(el, relations);
}

export function criterionCard(moves: Moves): Control {
  const group = uniqueId("criterion");
  const radioOf = (label: string, reml: boolean): Control =>
    radio(
      {
        owner: "criterion",
        group,
        label,
        next: (now) => ({ ...now, reml }),
        state: (now) => ({ isOn: now.reml === reml, why: "" }),
      },
      moves,
    );
  const both = [radioOf("REML", true), radioOf("ML", false)];
  return joined(card("Criterion", radios("", "Criterion", ...elements(both))), both);
}
