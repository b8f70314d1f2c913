/** Which parts each view of a widget has, in the order of reading. */
import { fold } from "./dom/controls.ts";
import { h } from "./dom/element.ts";
import type { Context, Part } from "./host/context.ts";
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
import { tabs } from "./parts/tabs/bind.ts";
import { varcorrTable } from "./parts/varcorr/bind.ts";

/** Takes the element of a part and keeps what ends it. */
type Use = (part: Part) => HTMLElement;
type View = (context: Context, use: Use) => HTMLElement[];

const VIEWS: Record<string, View> = {
  table: (context, use) => [use(header(context)), use(findings(context)), area("tables", use(tables(context)))],
  caterpillar: (context, use) => [use(header(context)), area("plot", use(caterpillar(context)))],
  lines: (context, use) => [use(header(context)), area("plot", use(atOnce(later(context, "lines"))))],
  picker: (context, use) => [
    use(header(context, use(held(context)))),
    use(findings(context)),
    area("picker", use(picker(context, use(priorDial(context))))),
    use(moves(context)),
    area("ladder", use(ladder(context))),
  ],
  explorer: (context, use) => [
    use(header(context, use(held(context)))),
    use(findings(context)),
    area("picker", use(picker(context, use(priorDial(context))))),
    area("main", use(pictures(context)), use(varcorrTable(context)), use(moves(context))),
    area("ladder", use(ladder(context))),
  ],
};

/** The parts of a view, its header first; a view that nobody knows is the explorer. */
export function partsOf(view: string, context: Context, use: Use): HTMLElement[] {
  return (VIEWS[view] ?? VIEWS.explorer!)(context, use);
}

function area(name: string, ...parts: HTMLElement[]): HTMLElement {
  return h("div", { class: `mw-area mw-area-${name}` }, ...parts);
}

/** The pictures of a fit, one at a time; the table of the levels is folded away below their picture. */
function pictures(context: Context): Part {
  const [slot, choices, shrinkageSlot] = [h("span.mw-slot"), h("span.mw-slot"), h("span.mw-slot")];
  return tabs("Pictures of the fit", [
    { label: "Levels", part: withTable(caterpillar(context, slot), levelTable(context, false)), slot },
    { label: "Lines", part: later(context, "lines", choices), slot: choices },
    { label: "Shrinkage", part: later(context, "shrinkage", shrinkageSlot), slot: shrinkageSlot },
    { label: "Fixed effects", part: withEffects(fixedTable(context), later(context, "effects")) },
  ]);
}

/** A part that is looked at as soon as it stands in the page. */
function atOnce(part: Part): Part {
  queueMicrotask(() => part.shown?.());
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
