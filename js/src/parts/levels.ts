/** The levels of a grouping factor as a table: sort, filter, copy, CSV; only the visible rows exist. */
import { columnFormat, count as thousands } from "../core/format.ts";
import { type Cell } from "../core/csv.ts";
import { matching, orderBy, orderByName, type Direction } from "../core/order.ts";
import type { Modes } from "../core/decode.ts";
import { h, uniqueId } from "../dom/element.ts";
import type { Context, Part } from "../context.ts";
import { select } from "./caterpillar.ts";
import { tableTools } from "./tools.ts";

interface Field {
  label: string;
  term: string;
  values: Float64Array;
  format: (value: number) => string;
}

/** The order of the data; a third click on a column comes back to it. */
const UNSORTED: { key: number; direction: Direction } = { key: -1, direction: "ascending" };
const BY_NAME = -2;
const ROW = 24;
const SPARE = 6;
const VIEW = 312;

export function levelTable(context: Context): Part {
  const id = uniqueId("filter");
  const filter = h("input", { id, type: "search", placeholder: "name\u2026", size: 10 });
  const count = h("span", { class: "mw-quiet", role: "status" });
  const groups = h("span");
  const head = h("thead");
  const body = h("tbody");
  const caption = h("caption");
  const table = h("table", { class: "mw-table mw-levels" }, caption, head, body);
  const scroller = h("div", { class: "mw-scroll mw-tall", tabindex: 0, role: "group", "aria-label": "Levels, scrollable" }, table);
  const bar = h("div", { class: "mw-controls" }, groups, h("span", { class: "mw-group" }, h("label", { for: id }, "Filter"), filter), count, tableTools(() => `levels-${context.ui.group}`, () => cells()));
  const el = h("div", { role: "group", "aria-label": "Levels" }, bar, scroller);
  let modes: Modes | null = null;
  let fields: Field[] = [];
  let rows: Uint32Array = new Uint32Array();
  let sort = UNSORTED;
  let pointed = false;

  const cells = (): Cell[][] => [
    [modes?.group ?? "", ...fields.map((field) => (field.term ? `${field.term} ${field.label}` : field.label))],
    ...Array.from(rows, (index) => [modes!.levels[index]!, ...fields.map((field) => field.values[index]!)]),
  ];

  const arrange = (): void => {
    if (!modes) return;
    const field = fields[sort.key];
    const ordered = field ? orderBy(field.values, sort.direction) : sort.key === BY_NAME ? orderByName(modes.levels, sort.direction) : naturalOrder(modes);
    rows = matching(ordered, modes.levels, filter.value);
    const all = thousands(modes.levels.length);
    count.textContent = rows.length === modes.levels.length ? `${all} levels` : `${thousands(rows.length)} of ${all} levels`;
    table.setAttribute("aria-rowcount", String(rows.length + 2));
    drawRows();
  };
  const sortBy = (key: number): void => {
    const first: Direction = key === BY_NAME ? "ascending" : "descending";
    if (sort.key !== key) sort = { key, direction: first };
    else if (sort.direction === first) sort = { key, direction: first === "ascending" ? "descending" : "ascending" };
    else sort = UNSORTED;
    drawHead();
    arrange();
    head.querySelector<HTMLElement>(`[data-sort="${key}"]`)?.focus();
  };
  const sorter = (key: number, label: string): HTMLElement => {
    const sign = sort.key === key ? (sort.direction === "ascending" ? " \u25b4" : " \u25be") : "";
    return h("button", { type: "button", class: "mw-sort", "data-sort": key, onclick: () => sortBy(key) }, label, h("span", { "aria-hidden": "true" }, sign));
  };
  const sorted = (key: number): string | null => (sort.key === key ? sort.direction : null);
  const drawHead = (): void => {
    const terms = modes?.columns ?? [];
    head.replaceChildren(
      h(
        "tr",
        {},
        h("th", { scope: "col", rowspan: 2, "aria-sort": sorted(BY_NAME) }, sorter(BY_NAME, modes?.group ?? "Level")),
        h("th", { scope: "col", rowspan: 2, class: "mw-num", "aria-sort": sorted(0) }, sorter(0, "Rows")),
        ...terms.map((column) => h("th", { scope: "colgroup", colspan: 5, class: "mw-over mw-first" }, column.name)),
      ),
      h("tr", {}, ...fields.slice(1).map((field, i) => h("th", { scope: "col", class: numberClass(i + 1), "aria-sort": sorted(i + 1) }, sorter(i + 1, field.label)))),
    );
  };
  const drawRows = (): void => {
    if (!modes) return;
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - SPARE);
    const last = Math.min(rows.length, first + Math.ceil((scroller.clientHeight || VIEW) / ROW) + 2 * SPARE);
    const visible: HTMLElement[] = [spacer(first)];
    for (let i = first; i < last; i++) visible.push(drawRow(modes, fields, rows[i]!, i));
    visible.push(spacer(rows.length - last));
    body.replaceChildren(...visible);
    mark();
  };
  /** A level that lights up elsewhere comes into view here; not while the pointer is on the table itself. */
  const follow = (): void => {
    const height = scroller.clientHeight;
    if (!pointed && modes && height > 0 && context.spot?.group === modes.group) {
      const top = rows.indexOf(modes.levels.indexOf(context.spot.level)) * ROW;
      const shown = scroller.scrollTop;
      if (top >= 0 && (top < shown || top + 4 * ROW > shown + height)) scroller.scrollTop = top - height / 3;
    }
    mark();
  };
  const mark = (): void => {
    const wanted = modes && context.spot?.group === modes.group ? context.spot.level : null;
    for (const row of body.querySelectorAll<HTMLElement>("tr[data-level]")) row.classList.toggle("mw-spot", row.dataset["level"] === wanted);
  };
  const take = (): void => {
    modes = context.modes();
    if (!modes) return;
    fields = fieldsOf(modes, context.fit?.intervals.at(context.ui.interval));
    if (sort.key >= fields.length) sort = UNSORTED;
    caption.textContent = `Levels of ${modes.group}`;
    const names = context.groups;
    groups.replaceChildren(...(names.length > 1 ? [select("Group", "group", names.map((name) => [name, name]), context.ui.group, (group) => context.setUi({ group, window: null, order: 0 }))] : []));
    drawHead();
    arrange();
  };

  filter.addEventListener("input", () => {
    scroller.scrollTop = 0;
    arrange();
  });
  scroller.addEventListener("scroll", drawRows, { passive: true });
  body.addEventListener("pointerover", (event) => {
    const level = (event.target as Element).closest<HTMLElement>("tr[data-level]")?.dataset["level"];
    pointed = true;
    if (modes && level !== undefined) context.point({ group: modes.group, level });
  });
  body.addEventListener("pointerleave", () => {
    pointed = false;
    context.point(null);
  });
  const shown = new ResizeObserver(drawRows);
  shown.observe(scroller);
  context.on("fit", take);
  context.on("ui", take);
  context.on("spot", follow);
  take();
  return { el, stop: () => shown.disconnect() };
}

const naturalOrder = (modes: Modes): Uint32Array => Uint32Array.from({ length: modes.levels.length }, (_, i) => i);

function fieldsOf(modes: Modes, interval: { label: string; z: number } | undefined): Field[] {
  const z = interval?.z ?? 0;
  const label = interval?.label ?? "";
  const field = (name: string, term: string, values: Float64Array): Field => ({ label: name, term, values, format: columnFormat(values, 4) });
  return [
    { ...field("Rows", "", modes.size), format: String },
    ...modes.columns.flatMap(({ name, mode, sd, fixed }) => [
      field("Mode", name, mode),
      field("SD", name, sd),
      field(`${label}% low`, name, mode.map((value, i) => value - z * sd[i]!)),
      field("high", name, mode.map((value, i) => value + z * sd[i]!)),
      field("Coef.", name, mode.map((value) => value + fixed)),
    ]),
  ];
}

/** Each term begins with a line: five columns of it follow. */
const numberClass = (field: number): string => (field % 5 === 1 ? "mw-num mw-first" : "mw-num");

function drawRow(modes: Modes, fields: Field[], index: number, position: number): HTMLTableRowElement {
  return h(
    "tr",
    { "data-level": modes.levels[index]!, "aria-rowindex": position + 3 },
    h("th", { scope: "row" }, modes.levels[index]!),
    ...fields.map((field, i) => h("td", { class: numberClass(i) }, field.format(field.values[index]!))),
  );
}

/** Stands for the rows that are not drawn, so that the scroll bar tells the truth. */
function spacer(rows: number): HTMLTableRowElement {
  const row = h("tr", { class: "mw-spacer", "aria-hidden": "true" });
  row.style.height = `${rows * ROW}px`;
  row.hidden = rows === 0;
  return row;
}
