/** Which parts each view of a widget has, in the order of reading. */
import { fold } from "./dom/controls.ts";
import { type Child, h } from "./dom/element.ts";
import type { Context, Late, Part } from "./host/context.ts";
import { caterpillar } from "./parts/caterpillar/bind.ts";
import { findings } from "./parts/findings/bind.ts";
import { fixedTable } from "./parts/fixed/bind.ts";
import { header } from "./parts/header/bind.ts";
import { held } from "./parts/held/bind.ts";
import { ladder } from "./parts/ladder/bind.ts";
import { later } from "./parts/later/bind.ts";
import { levelTable } from "./parts/levels/bind.ts";
import { moves } from "./parts/moves/bind.ts";
import { picker } from "./parts/picker/bind.ts";
import { priorDial } from "./parts/prior/bind.ts";
import { type Page, tabs } from "./parts/tabs/bind.ts";
import { varcorrTable } from "./parts/varcorr/bind.ts";

/** Takes the element of a part and keeps what ends it. */
type Use = (part: Part) => HTMLElement;
type View = (context: Context, use: Use) => HTMLElement[];

const VIEWS: Record<string, View> = {
  table: (context, use) => [use(header(context)), use(findings(context)), area("tables", use(tables(context)))],
  caterpillar: (context, use) => [use(header(context)), area("plot", use(caterpillar(context)))],
  lines: (context, use) => [use(header(context)), area("plot", use(atOnce(context, "lines")))],
  shrinkage: (context, use) => [use(header(context)), area("plot", use(atOnce(context, "shrinkage")))],
  picker: (context, use) => [...choosing(context, use), use(moves(context)), area("ladder", use(ladder(context)))],
  explorer: (context, use) => [
    ...choosing(context, use),
    area("main", use(pictures(context)), use(varcorrTable(context)), use(moves(context))),
    area("ladder", use(ladder(context))),
  ],
  explore: (context, use) => [use(atOnce(context, "explore"))],
};

/** Header, findings and picker, below the controls of data that are drawn. */
const choosing: View = (context, use) => [
  use(header(context, use(held(context)))),
  use(findings(context)),
  area(
    "picker",
    context.view("playground") && use(atOnce(context, "playground")),
    use(picker(context, use(priorDial(context)))),
  ),
];

/** The parts of a view, its header first; a view that nobody knows is the explorer. */
export function partsOf(view: string, context: Context, use: Use): HTMLElement[] {
  return (VIEWS[view] ?? VIEWS.explorer!)(context, use);
}

function area(name: string, ...parts: Child[]): HTMLElement {
  return h("div", { class: `mw-area mw-area-${name}` }, ...parts);
}

/** The pictures of a fit, one at a time; the table of the levels is folded away below their picture. */
function pictures(context: Context): Part {
  const slot = h("span.mw-slot");
  const picture = (label: string, name: Late): Page => {
    const own = h("span.mw-slot");
    return { label, part: later(context, name, own), slot: own };
  };
  const pages = [
    { label: "Levels", part: withTable(caterpillar(context, slot), levelTable(context, false)), slot },
    picture("Lines", "lines"),
    picture("Shrinkage", "shrinkage"),
    { label: "Fixed effects", part: withEffects(fixedTable(context), later(context, "effects")) },
    // a handout leaves them out, since each structure would bring its own
    ...(context.told("words") ? [picture("In words", "words")] : []),
    // of data that are drawn: the estimates of all samples
    ...(context.view("playground") ? [picture("Record", "record")] : []),
  ];
  return tabs("Pictures of the fit", pages, context.told("page"), (label) => context.tell("page", label));
}

/** A part that is looked at as soon as it stands in the page. */
function atOnce(context: Context, name: Late): Part {
  const part = later(context, name);
  queueMicrotask(() => part.shown!());
  return part;
}

function withEffects(numbers: Part, picture: Part): Part {
  const el = h("div", {}, numbers.el, picture.el);
  return { el, shown: () => picture.shown?.(), stop: () => both(numbers, picture) };
}

function both(first: Part, second: Part): void {
  first.stop?.();
  second.stop?.();
}

function withTable(plot: Part, table: Part): Part {
  return { el: h("div", {}, plot.el, fold("The levels as a table", table.el)), stop: () => both(plot, table) };
}

function tables(context: Context): Part {
  return tabs("Tables", [
    { label: "Random effects", part: varcorrTable(context) },
    { label: "Levels", part: levelTable(context) },
    { label: "Fixed effects", part: fixedTable(context) },
  ]);
}
