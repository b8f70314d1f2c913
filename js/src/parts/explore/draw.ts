/** The choices of a model: response and family, predictors, groups, one card for each bar term and pair. */
import { select } from "../../dom/controls.ts";
import { type Child, h } from "../../dom/element.ts";
import type { BarView, ColumnView, DraftView, FrameView, GroupView, PairNow, TermOption } from "../../types.ts";
import { card, chip, chips, refusals, type Segment, type Send, segments } from "./controls.ts";
import { family, responses } from "./response.ts";

const TIMES = " \u00d7 ";
const FORMS = [
  { form: "full", sign: "|", label: "full" },
  { form: "diagonal", sign: "||", label: "diagonal" },
  { form: "intercept", sign: "1", label: "intercept" },
];

/** All cards, in the order in which a model is thought of: what is explained, by what, what is grouped how. */
export function drawCards(frame: FrameView, draft: DraftView, send: Send): HTMLElement[] {
  const { columns, groups } = frame;
  return [
    h("div", {}, card("Response", ...responses(frame, draft, send), ...family(frame, draft, send))),
    h(
      "div",
      {},
      card("Predictors", ...predictors(columns, draft, send), ...uses(draft, send), ...interactions(draft, send)),
    ),
    h(
      "div",
      {},
      card("Groups", ...candidates(groups, draft, send)),
      ...draft.bars.map((bar, at) => barCard(bar, at, send)),
      ...draft.pairs.map((pair) => pairCard(pair, send)),
    ),
  ];
}

function predictors(columns: ColumnView[], draft: DraftView, send: Send): Child[] {
  const used = draft.atoms.map((atom) => atom.column);
  const others = columns.filter(({ name }) => name !== draft.response);
  const offered = others.filter((column) => column.why_no_predictor === "" || used.includes(column.name));
  const refused = others.filter((column) => !offered.includes(column));
  const written = draft.atoms.filter((atom) => atom.column === "");
  const chipOf = ({ name, kind, text }: ColumnView): HTMLElement =>
    chip({
      label: name,
      name: `predictor ${name}`,
      isOn: used.includes(name),
      title: `${kind}: ${text}`,
      act: () => send({ action: "predictor", value: name }),
    });
  return [
    chips(
      "Predictors",
      chip({
        label: "1",
        name: "intercept",
        isOn: draft.intercept,
        title: "The intercept",
        act: () => send({ action: "intercept" }),
      }),
      ...offered.map(chipOf),
      ...written.map(({ expression }) => writtenChip(expression, send)),
    ),
    refusals(
      "Not offered",
      refused.map(({ name, why_no_predictor }) => [name, why_no_predictor]),
    ),
  ];
}

/** What was typed and is no simple use of a column: it can be taken out. */
const writtenChip = (expression: string, send: Send): HTMLElement =>
  chip({
    label: expression,
    isOn: true,
    title: "As it was written; click to take it out",
    act: () => send({ action: "interaction", parts: [expression] }),
  });

/** How each number is used. */
function uses({ atoms }: DraftView, send: Send): Child[] {
  return atoms
    .filter(({ options }) => options.length > 0)
    .map(({ expression, column, options }) => {
      const allowed = options.filter((option) => option.allowed || option.expressions[0] === expression);
      const now = allowed.find(({ expressions }) => expressions.length === 1 && expressions[0] === expression);
      const items = allowed.map(({ label, expressions }) => ({ value: JSON.stringify(expressions), label }));
      const value = now ? JSON.stringify(now.expressions) : "";
      const chosen = (parts: string): void =>
        send({ action: "transform", value: expression, parts: JSON.parse(parts) as string[] });
      return h("div.mw-use-as", {}, select(`${column} is`, `use ${expression}`, items, value, chosen));
    });
}

function interactions({ interactions: options }: DraftView, send: Send): Child[] {
  if (options.length === 0) return [];
  const chipOf = ({ parts, is_on }: TermOption): HTMLElement =>
    chip({
      label: parts.join(TIMES),
      isOn: is_on,
      title: "The effect of one depends on the other",
      act: () => send({ action: "interaction", parts }),
    });
  return [h("p.mw-note", {}, "Interactions"), chips("Interactions", ...options.map(chipOf))];
}

function candidates(all: GroupView[], draft: DraftView, send: Send): Child[] {
  const isMain = ({ name, role }: GroupView): boolean => role === "proposed" || draft.groups.includes(name);
  const line = (group: GroupView): HTMLElement => {
    const { name, text, reason, relations } = group;
    const words = [text, ...relations, reason].filter(Boolean).join("; ");
    const isOn = draft.groups.includes(name);
    const act = (): void => send({ action: "group", parts: [name] });
    return h(
      "li.mw-candidate",
      {},
      chip({ label: name, name: `group ${name}`, isOn, act }),
      h("span.mw-note", {}, words),
    );
  };
  const main = all.filter(isMain);
  const more = all.filter((group) => !isMain(group));
  return [
    main.length > 0
      ? h("ul.mw-candidates", {}, ...main.map(line))
      : h("p.mw-note", {}, "No column looks like a group: it would have several rows in each of at least five levels."),
    more.length > 0 &&
      h(
        "details.mw-more",
        { "data-fold": "Other columns" },
        h("summary", {}, `Other columns (${more.length})`),
        h("ul.mw-candidates", {}, ...more.map(line)),
      ),
  ];
}

/** The card of a bar term: its form, and what varies by its group. */
function barCard({ label, n_levels, form, intercept, slopes }: BarView, at: number, send: Send): HTMLElement {
  const why = whyNoSlope(label, slopes);
  const forms: Segment[] = FORMS.map((option) => ({
    label: option.label,
    sign: option.sign,
    isOn: option.form === form,
    why: option.form === "intercept" ? "" : why,
    act: () => send({ action: "form", value: option.form, bar: at }),
  }));
  const slopeChip = ({ parts, is_on, allowed, reason }: TermOption): HTMLElement =>
    chip({
      label: parts.join(":"),
      name: `${parts.join(":")} by ${label}`,
      isOn: is_on,
      why: allowed ? "" : reason,
      title: reason,
      act: () => send({ action: "slope", bar: at, parts }),
    });
  const blocked = slopes.filter((slope) => !slope.allowed).map(({ parts, reason }) => `${parts.join(":")}: ${reason}`);
  const levels = n_levels !== null && h("span.mw-quiet mw-small", {}, `${n_levels.toLocaleString("en-US")} levels`);
  const own = chip({
    label: "1",
    name: `intercept by ${label}`,
    title: "The intercept",
    isOn: intercept,
    act: () => send({ action: "bar_intercept", bar: at }),
  });
  const words = blocked.join("; ") || why;
  const el = card(
    h("span", {}, label, " ", levels),
    segments(`Covariance of ${label}`, "mw-forms", forms),
    chips(`Terms that vary by ${label}`, own, ...slopes.map(slopeChip)),
    words && h("p.mw-reason mw-quiet", {}, words),
  );
  el.dataset.factor = label;
  return el;
}

function whyNoSlope(label: string, slopes: TermOption[]): string {
  if (slopes.length === 0) return "| and || need a slope: choose a predictor first";
  return slopes.some((slope) => slope.allowed || slope.is_on)
    ? ""
    : `| and || need a slope, but none varies within ${label}`;
}

function pairCard({ option, now }: PairNow, send: Send): HTMLElement {
  const { a, b, text, choices } = option;
  const relations = choices.map(({ name, label, allowed, reason }) => ({
    label,
    isOn: name === now,
    why: allowed ? "" : reason,
    act: () => send({ action: "pair", value: name, parts: [a, b] }),
  }));
  const reasons = new Set(choices.filter((choice) => !choice.allowed).map((choice) => choice.reason));
  return card(
    `${a} and ${b}`,
    h("p.mw-note", {}, text),
    segments(`Relation of ${a} and ${b}`, "mw-pairs", relations),
    reasons.size > 0 && h("p.mw-reason", {}, [...reasons].join("; ")),
  );
}
