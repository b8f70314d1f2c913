/** The controls of the picture: arrangement, keys that are legend and switch in one; and what chooses levels. */
import { button, group, type Option, select, toggles } from "../../dom/controls.ts";
import { h, s } from "../../dom/element.ts";
import type { Context } from "../../host/context.ts";
import type { LineKey } from "../../types.ts";
import { groupSelect } from "../group_select.ts";
import type { Kind, Lines } from "../line_drawing/data.ts";
import type { Shown } from "../line_drawing/paths.ts";
import { ALL } from "./sample.ts";

export type Arrangement = "multiples" | "overlay";

/** What was chosen for this picture. */
export interface Choices {
  arrangement: Arrangement;
  shown: Shown;
  /** The label of the order; the first one where there is none of this name. */
  order: string;
  search: string;
  turn: number;
  page: number;
  /** Options of the question: x, colour. */
  wanted: Record<string, unknown>;
}

type Choose = (change: Partial<Choices>) => void;

export function drawControls(context: Context, lines: Lines, choices: Choices, choose: Choose): HTMLElement[] {
  const { room } = context;
  const isShort = room.isCompact;
  return [
    toggles(
      "Arrangement",
      "arrangement",
      [
        {
          value: "multiples",
          label: isShort ? "Each" : "One each",
          title: `A picture for each ${lines.view.level_word}`,
        },
        { value: "overlay", label: isShort ? "All" : "All in one", title: "The lines of all in one picture" },
      ],
      choices.arrangement,
      (value) => choose({ arrangement: value as Arrangement, page: 0 }),
    ),
    group(
      "span.mw-keys",
      "Lines shown",
      ...lines.view.keys.map((key) => drawKey(key, keyWord(context, key), choices, choose)),
    ),
    ...variables(context, lines, choices, choose),
    ...colourKeys(lines),
  ];
}

function keyWord({ room }: Context, key: LineKey): string {
  if (room.isCompact || room.size === "narrow") return key.short;
  return room.size === "mid" ? key.middle : key.long;
}

function drawKey(key: LineKey, word: string, { shown }: Choices, choose: Choose): HTMLElement {
  const kind = key.kind as Kind;
  const line = s(
    "svg",
    { width: 24, height: 8, "aria-hidden": "true" },
    s("path", { class: `mw-lines-${kind}`, d: "M0 4H24" }),
  );
  return h(
    "button.mw-key",
    {
      type: "button",
      title: key.title,
      "aria-pressed": String(shown[kind]),
      "data-control": `key-${kind}`,
      onclick: () => choose({ shown: { ...shown, [kind]: !shown[kind] } }),
    },
    line,
    word,
  );
}

/** Along which predictor, and by which factor rows and lines are coloured, where there is a choice. */
function variables({ isStored }: Context, { view }: Lines, { wanted }: Choices, choose: Choose): HTMLElement[] {
  if (isStored) return [];
  const named = (name: string): Option => ({ value: name, label: name });
  const want = (change: Record<string, string | null>): void => choose({ wanted: { ...wanted, ...change } });
  const lists = [];
  if (view.predictors.length > 1) {
    const along = (x: string): void => want({ x, ...(view.colour === x && { colour: null }) });
    lists.push(select("Along", "lines-x", view.predictors.map(named), view.x, along));
  }
  if (view.colour_choices.length) {
    const options = [{ value: "", label: "\u2013" }, ...view.colour_choices.map(named)];
    lists.push(select("Colour", "lines-colour", options, view.colour, (colour) => want({ colour: colour || null })));
  }
  return lists;
}

const colourKeys = ({ view }: Lines): HTMLElement[] =>
  view.colours.length
    ? [
        h(
          "span.mw-hues mw-small",
          {},
          ...view.colours.map((name, i) => h("span", { class: `mw-hue-${i}` }, `\u25cf ${view.colour} ${name}`)),
        ),
      ]
    : [];

/** Which levels, and in which order (empty: that of a fit before), at the right end of the tabs. */
export function drawChoices(
  context: Context,
  lines: Lines,
  choices: Choices,
  ordered: string,
  choose: Choose,
): HTMLElement[] {
  const orders = lines.orders.map(({ label }) => ({ value: label, label }));
  const order = select(
    "Order",
    "lines-order",
    ordered ? orders : [{ value: "", label: "as before the click" }, ...orders],
    ordered,
    (label) => choose({ order: label, page: 0 }),
  );
  const isMany = lines.names.length > ALL && choices.arrangement === "multiples";
  return [
    ...(isMany ? [searchBox(lines, choices, choose)] : []),
    ...(isMany && !context.room.isCompact
      ? [
          button("Redraw", () => choose({ turn: choices.turn + 1 }), {
            "data-control": "redraw",
            title: "Draw other levels at random",
          }),
        ]
      : []),
    ...groupSelect(context),
    ...(choices.arrangement === "multiples" ? [order] : []),
  ];
}

function searchBox({ view }: Lines, { search }: Choices, choose: Choose): HTMLElement {
  const box = h("input.mw-lines-search", {
    type: "search",
    value: search,
    placeholder: `find a ${view.level_word}`,
    "aria-label": `Find a ${view.level_word}`,
    "data-control": "lines-search",
  });
  box.addEventListener("input", () => choose({ search: box.value.trim() }));
  return box;
}

/** The pages of a pane that has no room for all panels. */
export function drawPager(
  page: number,
  pages: number,
  from: number,
  to: number,
  of: number,
  turn: (page: number) => void,
): HTMLElement[] {
  if (pages < 2) return [];
  const step = (by: number, sign: string, name: string): HTMLElement => {
    const isThere = page + by >= 0 && page + by < pages;
    return button(sign, () => turn(page + by), {
      "aria-label": name,
      "aria-disabled": String(!isThere),
      "data-control": name,
    });
  };
  return [
    step(-1, "\u2039", "Page before"),
    h("span.mw-small", {}, `${from}\u2013${to} of ${of}`),
    step(1, "\u203a", "Next page"),
  ];
}
