/** The picture of lines: what is drawn, said, chosen and asked for. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { linear } from "../src/core/scale.ts";
import { Context } from "../src/host/context.ts";
import { decodeLines, type Lines } from "../src/parts/line_drawing/data.ts";
import { linePath, valueAt } from "../src/parts/line_drawing/marks.ts";
import { drawOverlay } from "../src/parts/line_drawing/overlay.ts";
import { lines } from "../src/parts/lines/bind.ts";
import { columnsFor, roomFor } from "../src/parts/lines/layout.ts";
import { sample, search } from "../src/parts/lines/sample.ts";
import { glide } from "../src/parts/lines/tween.ts";
import { describe as told } from "../src/parts/lines/words.ts";
import type { LinesView } from "../src/types.ts";
import { type FakeModel, fakeModel, fixture } from "./fake.ts";

type Name = "lines" | "lines_many" | "lines_factor";

const traits = (name: Name): Record<string, unknown> => fixture(name);
const answerOf = (name: Name) => traits(name).lines as { of: number; view: LinesView };

function decoded(name: Name): Lines {
  const { view } = answerOf(name);
  return decodeLines(view, (traits(name).levels as Record<string, string[]>)[view.group]!);
}

interface Drawn {
  el: HTMLElement;
  model: FakeModel;
  context: Context;
  texts: (selector: string) => string[];
  click: (control: string) => void;
  press: (key: string) => void;
  readout: () => string;
}

async function shown(name: Name, changes: Record<string, unknown> = {}): Promise<Drawn> {
  const model = fakeModel({ ...traits(name), ...changes });
  const context = new Context(model);
  const part = lines(context);
  document.body.replaceChildren(part.el);
  part.shown!();
  await Promise.resolve();
  const { el } = part;
  return {
    el,
    model,
    context,
    texts: (selector) => [...el.querySelectorAll(selector)].map((found) => found.textContent ?? ""),
    click: (control) => el.querySelector<HTMLElement>(`[data-control="${control}"]`)!.click(),
    press: (key) => void el.querySelector("[role=slider]")!.dispatchEvent(new KeyboardEvent("keydown", { key })),
    readout: () => el.querySelector(".mw-readout")!.textContent!,
  };
}

const path = (el: Element, selector: string): string => el.querySelector(selector)!.getAttribute("d")!;
const pieces = (d: string): number => d.match(/M/g)?.length ?? 0;

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe("a picture for each level", () => {
  test("has the levels by their slope, and says where rows are few", async () => {
    const { texts } = await shown("lines");
    const names = texts(".mw-lines-name");
    expect(names).toHaveLength(20);
    expect([names[0], names[19]]).toEqual(["308", "335"]);
    expect(texts(".mw-lines-few").sort()).toEqual(["1 row", "2 rows"]);
    expect(texts(".mw-svg text")).toEqual(
      expect.arrayContaining(["Reaction time (ms)", "Days of sleep deprivation (day)"]),
    );
  });
  test("has one path for each kind of line", async () => {
    const { el } = await shown("lines");
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-model"))).toBe(20);
    // one row gives no line of its own; two rows give one that goes on beyond them to one side
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-own:not(.mw-lines-beyond)"))).toBe(19);
    expect(pieces(path(el, ".mw-lines-beyond"))).toBe(1);
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-pooled"))).toBe(20);
    expect(pieces(path(el, ".mw-lines-point"))).toBe(183);
    expect(el.querySelector(".mw-lines-svg .mw-lines-average")).toBeNull();
  });
  test("keys are legend and switch in one", async () => {
    const { el, click, texts } = await shown("lines");
    expect(texts(".mw-key")).toEqual(["own data alone", "mixed model", "all rows together", "average Subject"]);
    click("key-own");
    click("key-average");
    expect(el.querySelector(".mw-lines-svg .mw-lines-own")).toBeNull();
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-average"))).toBe(20);
    expect([...el.querySelectorAll(".mw-key")].map((key) => key.getAttribute("aria-pressed"))).toEqual([
      "false",
      "true",
      "true",
      "true",
    ]);
  });
  test("arrows light a level, whose numbers are said; Enter keeps it, Escape lets go", async () => {
    const { el, press, readout } = await shown("lines");
    press("End");
    expect(readout()).toBe(
      "Subject 335 (10 rows): own data alone 263 ms at Days = 0, \u22122.88 ms per day; " +
        "mixed model 251 ms at Days = 0, \u22120.336 ms per day",
    );
    const slider = el.querySelector("[role=slider]")!;
    expect(slider.getAttribute("aria-valuetext")).toBe(readout());
    expect(slider.getAttribute("aria-valuenow")).toBe("20");
    expect(el.querySelectorAll(".mw-lines-frame, .mw-lines-lit")).toHaveLength(2);
    press("Enter");
    expect(readout()).toContain("(kept; Esc lets go)");
    press("Escape");
    expect(readout()).toBe("Point at a level, or use the arrow keys.");
    expect(el.querySelector(".mw-lines-frame")).toBeNull();
  });
  test("a level of one row says that it has no line of its own", () => {
    const one = decoded("lines");
    expect(told(one, one.names.indexOf("373"), false)).toMatch(
      /^Subject 373 \(1 row\): 1 row gives no line of its own; mixed/,
    );
    expect(told(one, one.names.indexOf("374"), true)).toBe("374 (2 rows): own 286, slope 2.00; model 271, slope 11.1");
  });
  test("a level that is lit elsewhere is lit here", async () => {
    const { context, readout } = await shown("lines");
    context.point({ group: "Subject", level: "308" });
    expect(readout()).toContain("Subject 308");
    context.point({ group: "Machine", level: "308" });
    expect(readout()).toContain("Point at");
  });
  test("what is held or left out stands below", async () => {
    const { texts } = await shown("lines");
    expect(texts(".mw-note")[0]).toContain("Without a line of its own: 373 (too few different rows).");
  });
  test("why there is no picture is said", async () => {
    const failed = { of: 0, state: "failed", message: "lines: 'x' is no predictor", options: {}, view: null };
    const { texts } = await shown("lines", { lines: failed });
    expect(texts(".mw-note")).toEqual(["lines: 'x' is no predictor"]);
  });
});

describe("of many levels", () => {
  test("some have a picture, the outermost among them, and this is said", async () => {
    const { texts, readout } = await shown("lines_many");
    const names = texts(".mw-lines-name");
    expect(names.filter((name) => name.endsWith("\u25b2"))).toHaveLength(4);
    expect(names.filter((name) => name.endsWith("\u25bc"))).toHaveLength(4);
    expect(readout()).toBe(
      `${names.length} of 80 levels of g, by x slope: \u25b2 the first 4, \u25bc the last 4, ` +
        `${names.length - 8} drawn at random (seed 1).`,
    );
  });
  test("others are drawn again", async () => {
    const { texts, click, readout } = await shown("lines_many");
    const [before, extremes] = [texts(".mw-lines-name"), /[\u25b2\u25bc]/];
    click("redraw");
    const after = texts(".mw-lines-name");
    expect(after.filter((name) => extremes.test(name)).sort()).toEqual(
      before.filter((name) => extremes.test(name)).sort(),
    );
    expect(after.filter((name) => !extremes.test(name))).not.toEqual(before.filter((name) => !extremes.test(name)));
    expect(readout()).toContain("(seed 1, draw 2)");
  });
  test("one that is looked for is always there", async () => {
    const { el, texts } = await shown("lines_many");
    const box = el.querySelector<HTMLInputElement>("[type=search]")!;
    const missing = decoded("lines_many").names.find(
      (name) => !texts(".mw-lines-name").some((one) => one.startsWith(name)),
    )!;
    box.value = missing.toUpperCase();
    box.dispatchEvent(new Event("input"));
    expect(texts(".mw-lines-name")[0]).toBe(`${missing} \u25cf`);
  });
  test("of a name that no level has it is said", async () => {
    const { el, readout } = await shown("lines_many");
    const box = el.querySelector<HTMLInputElement>("[type=search]")!;
    box.value = "nobody";
    box.dispatchEvent(new Event("input"));
    expect(readout()).toBe("No g with lines here has \u201cnobody\u201d in its name.");
    box.value = "";
    box.dispatchEvent(new Event("input"));
    expect(readout()).toContain("drawn at random");
  });
  test("colours have paths of their own, and their names stand beside the keys", async () => {
    const { el, texts } = await shown("lines_many");
    expect(el.querySelectorAll(".mw-lines-svg .mw-lines-model")).toHaveLength(2);
    expect(el.querySelectorAll(".mw-lines-svg .mw-lines-pooled")).toHaveLength(2);
    expect(texts(".mw-hues > *")).toEqual(["\u25cf kind a", "\u25cf kind b"]);
  });
  test("another colour or predictor is asked for", async () => {
    const { el, model } = await shown("lines_many");
    const pick = (control: string, value: string): unknown => {
      const list = el.querySelector<HTMLSelectElement>(`[data-control="${control}"]`)!;
      list.value = value;
      list.dispatchEvent(new Event("change"));
      return (model.get("asked") as { lines: { options: unknown } }).lines.options;
    };
    expect(model.get("asked")).toBeUndefined();
    expect(pick("lines-colour", "")).toEqual({});
    expect(pick("lines-x", "kind")).toEqual({ x: "kind" });
  });
  test("the number of elements does not grow with them", () => {
    const many = decoded("lines_many");
    const nodes = (one: Lines): number => {
      const shownKinds = { own: true, model: true, pooled: true, average: true };
      const drawing = drawOverlay(one, {
        width: 800,
        height: 400,
        yDomain: [-5, 30],
        shown: shownKinds,
      });
      drawing.light(2, one);
      return drawing.svg.querySelectorAll("path").length;
    };
    expect(nodes({ ...many, names: many.names.slice(0, 10) })).toBe(nodes(many));
  });
});

describe("all in one", () => {
  test("has names at the ends, that of the lit level first", async () => {
    const { el, click, press, texts } = await shown("lines");
    click("arrangement-overlay");
    expect(texts(".mw-lines-label-pooled")).toEqual(["all rows"]);
    const others = texts(".mw-lines-label-other");
    expect(others).toEqual(expect.arrayContaining(["337", "309"]));
    press("Home");
    expect(texts(".mw-lines-label-lit")).toEqual(["308"]);
    expect(el.querySelectorAll(".mw-lines-model.mw-lines-spot")).toHaveLength(1);
    expect(el.querySelector(".mw-lines-overlay")!.classList.contains("mw-lines-dimmed")).toBe(true);
  });
  test("the pointer is on the nearest line", () => {
    const one = decoded("lines");
    const shownKinds = { own: false, model: true, pooled: false, average: false };
    const drawing = drawOverlay(one, {
      width: 800,
      height: 400,
      yDomain: [180, 480],
      shown: shownKinds,
    });
    const d = drawing.svg.querySelector(".mw-lines-model")!.getAttribute("d")!;
    const ends = [...d.matchAll(/M([\d.]+) ([\d.]+)/g)];
    const level = one.names.indexOf("309");
    expect(drawing.at(Number(ends[level]![1]), Number(ends[level]![2]) + 3)).toBe(level);
    expect(drawing.at(400, 1)).toBe(-1);
  });
});

describe("along a factor", () => {
  test("there are bars at its levels, and their names below", async () => {
    const { el, texts, press, readout } = await shown("lines_factor");
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-model"))).toBe(18);
    expect(texts(".mw-tick").filter((text) => text === "B").length).toBeGreaterThan(0);
    press("Home");
    expect(readout()).toMatch(
      /^Worker \d \(9 rows\): own data alone [\d.]+ \(A\), [\d.]+ \(B\), [\d.]+ \(C\); mixed model/,
    );
  });
  test("all in one joins the values of a level", async () => {
    const { el, click } = await shown("lines_factor");
    click("arrangement-overlay");
    expect(pieces(path(el, ".mw-lines-svg .mw-lines-model"))).toBe(6);
  });
});

describe("a new fit", () => {
  test("has its lines glide there, at once where motion is not wanted", () => {
    const one = { model: Float32Array.of(0, 0), average: Float32Array.of(0) };
    const other = { model: Float32Array.of(1, 1), average: Float32Array.of(1) };
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    const drawn: number[] = [];
    glide(one, other, ({ model }) => void drawn.push(model[0]!));
    expect(drawn).toEqual([1]);
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    let step: (time: number) => void = () => undefined;
    vi.stubGlobal("requestAnimationFrame", (next: typeof step) => {
      step = next;
      return 1;
    });
    const start = performance.now();
    const moving: number[] = [];
    glide(one, other, ({ model }) => void moving.push(model[0]!));
    step(start + 190);
    step(start + 1000);
    expect(moving[0]).toBeGreaterThan(0.3);
    expect(moving[0]).toBeLessThan(0.8);
    expect(moving.at(-1)).toBe(1);
  });
  test("is asked for, and the picture stays until its lines come", async () => {
    const { model, texts } = await shown("lines");
    const { fit_view, lines: first } = traits("lines") as { fit_view: object; lines: object };
    model.update({ fit_view: { ...fit_view, key: 1, formula: "Reaction ~ Days + (1 | Subject)" } });
    await Promise.resolve();
    expect(model.get("asked")).toMatchObject({ lines: { what: "lines", of: 1, options: {} } });
    expect(texts(".mw-lines-name")).toHaveLength(20);
    const { view } = first as { view: LinesView };
    const orders = view.orders.slice(1);
    model.update({ lines: { ...first, of: 1, view: { ...view, orders } } });
    await Promise.resolve();
    expect(texts("[data-control=lines-order] option")).toEqual([
      "as before the click",
      "by (Intercept)",
      "as in the data",
    ]);
  });
  test("leaves the panels where they are until an order is asked for", async () => {
    const { model, texts, el } = await shown("lines");
    const { fit_view, lines: first } = traits("lines") as { fit_view: object; lines: object };
    const { view } = first as { view: LinesView };
    const before = texts(".mw-lines-name");
    const backwards = (name: string): DataView => {
      const ranked = decoded("lines").orders.find(({ label }) => label === name)!.ranked;
      return new DataView(Int32Array.from(ranked).reverse().buffer);
    };
    const orders = view.orders.map((order) => ({ ...order, ranked: { int32: backwards(order.label) } }));
    model.update({ fit_view: { ...fit_view, key: 1 } });
    await Promise.resolve();
    model.update({ lines: { ...first, of: 1, view: { ...view, orders } } });
    await Promise.resolve();
    expect(texts(".mw-lines-name")).toEqual(before);
    const list = el.querySelector<HTMLSelectElement>("[data-control=lines-order]")!;
    expect(list.value).toBe("");
    list.value = orders[0]!.label;
    list.dispatchEvent(new Event("change"));
    expect(texts(".mw-lines-name")).toEqual([...before].reverse());
    expect(el.querySelector<HTMLSelectElement>("[data-control=lines-order]")!.value).toBe(orders[0]!.label);
  });
});

describe("pieces", () => {
  const frame = { x: linear([0, 10], [0, 100]), y: linear([0, 10], [100, 0]) };
  const places = Float32Array.of(0, 10);
  test.each([
    ["inside", [2, 8], undefined, "M0 80L100 20"],
    ["cut at the top", [5, 15], undefined, "M0 50L50 0"],
    ["cut at the bottom", [-5, 5], undefined, "M50 100L100 50"],
    ["outside", [11, 12], undefined, ""],
    ["not known", [Number.NaN, 5], undefined, ""],
    ["within a reach", [2, 8], [2, 5], "M20 68L50 50"],
    ["beyond a reach", [2, 8], [-Infinity, 2], "M0 80L20 68"],
  ])("of a line %s", (_, values, reach, expected) => {
    expect(linePath(frame, places, Float32Array.from(values), 0, false, reach as [number, number] | undefined)).toBe(
      expected,
    );
  });
  test("of a curve are joined until it leaves the panel", () => {
    const curve = Float32Array.of(5, 8, 12, 8);
    expect(linePath(frame, Float32Array.of(0, 2, 4, 6), curve, 0, false)).toBe("M0 50L20 20L30 0M50 0L60 20");
  });
  test("the value of a line between its stops", () => {
    expect(valueAt(Float32Array.of(0, 2, 4), Float32Array.of(0, 0, 0, 1, 5, 7), 1, 3)).toBe(6);
  });
});

describe("a sample", () => {
  const many = decoded("lines_many");
  const order = many.orders[0]!.ranked;
  test("is as large as there are panels, whatever is looked for", () => {
    for (const wanted of [[], search(many, "g1"), search(many, "g")])
      expect(sample(many, order, 24, wanted, 3).levels).toHaveLength(24);
  });
  test("of some levels stands for all by those that were drawn alone", () => {
    const some = { ...many, drawn: many.drawn.slice(0, 10) };
    const { levels, marks, drawn } = sample(some, order, 24, [], 0);
    const others = levels.filter((level) => !marks.has(level));
    expect(marks.size).toBe(8);
    expect(others).toHaveLength(drawn);
    expect(others.every((level) => some.drawn.includes(level))).toBe(true);
  });
  test("searches without capitals, the whole name first", () => {
    expect(search(many, "G07").map((level) => many.names[level])).toEqual(["g07"]);
    expect(search(many, "")).toEqual([]);
  });
  test.each([
    [{ width: 870, height: Infinity, isNarrow: false, isCompact: false }, 25],
    [{ width: 560, height: Infinity, isNarrow: true, isCompact: false }, 24],
    [{ width: 620, height: 300, isNarrow: false, isCompact: true }, 21],
    [{ width: 460, height: 220, isNarrow: false, isCompact: true }, 10],
  ])("of %o has room for %i", (space, expected) => {
    expect(roomFor(space)).toBe(expected);
  });
  test("twenty levels fill their rows", () => {
    const space = { width: 870, height: Infinity, isNarrow: false, isCompact: false };
    expect(columnsFor(space, 20).columns).toBe(5);
  });
});
