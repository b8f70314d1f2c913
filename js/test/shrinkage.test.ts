/** Shrinkage: the slider's stops have the numbers that Python sent, levels are lit, and nothing changes the fit. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { float64 } from "../src/core/decode.ts";
import { signif } from "../src/core/format.ts";
import { gridRows } from "../src/core/grid_path.ts";
import { Context, type Part } from "../src/host/context.ts";
import { shrinkage } from "../src/parts/shrinkage/bind.ts";
import { between, decodeShrinkage, hasOwn } from "../src/parts/shrinkage/data.ts";
import { around, Labels } from "../src/parts/shrinkage/labels.ts";
import { arrow, dots } from "../src/parts/shrinkage/marks.ts";
import type { GridPath, LinesView, ShrinkageView } from "../src/types.ts";
import { type FakeModel, fakeModel, fixture } from "./fake.ts";

const views = fixture("shrinkage") as unknown as Record<"sleep_slopes" | "sleep_int", ShrinkageView> & {
  lines: LinesView;
};

interface Opened {
  part: Part;
  model: FakeModel;
  context: Context;
  find: <E extends Element = HTMLElement>(selector: string) => E;
}

/** The part of a page that asked for the picture and got it. */
function open(view: ShrinkageView, options: Record<string, unknown> = {}): Opened {
  const model = fakeModel(fixture("sleepstudy"));
  const of = (model.traits.fit_view as { key: number }).key;
  model.traits.shrinkage = { of, state: "ready", message: "", options, view };
  const context = new Context(model);
  const part = shrinkage(context, document.createElement("span"));
  document.body.append(part.el);
  part.shown?.();
  const find = <E extends Element>(selector: string): E => part.el.querySelector<E>(selector)!;
  return { part, model, context, find };
}

const slide = ({ find }: Opened, stop: number): void => {
  const slider = find<HTMLInputElement>("input[type=range]");
  slider.value = String(stop);
  slider.dispatchEvent(new Event("input"));
};
const says = ({ find }: Opened): string => find(".mw-shrink-says").textContent ?? "";
const press = ({ find }: Opened, key: string): void => {
  find(".mw-shrink-picture").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
};
const button = ({ part }: Opened, text: string): HTMLButtonElement =>
  [...part.el.querySelectorAll("button")].find((one) => one.textContent?.includes(text))!;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("the slider", () => {
  test("begins at the estimate, in words", () => {
    const opened = open(views.sleep_slopes);
    const slider = opened.find<HTMLInputElement>("input[type=range]");
    expect([slider.max, slider.value]).toEqual(["40", "20"]);
    expect(slider.getAttribute("aria-valuetext")).toBe(views.sleep_slopes.words.stops[20]);
    expect(says(opened)).toBe(views.sleep_slopes.words.stops[20]);
    expect(button(opened, "Back").hidden).toBe(true);
  });

  test.each([0, 7, 33, 40])("has the numbers of stop %i", (stop) => {
    const opened = open(views.sleep_slopes);
    slide(opened, stop);
    expect(says(opened)).toBe(views.sleep_slopes.words.stops[stop]);
    const data = decodeShrinkage(views.sleep_slopes, opened.context.modes("Subject")!.levels);
    const level = data.names.indexOf("335");
    opened.context.point({ group: "Subject", level: "335" });
    const [intercept, slope] = [0, 1].map((i) => signif(data.at(stop).coef[i * data.n + level]!));
    expect(says(opened)).toContain(`mixed model ${intercept}, ${slope}`);
  });

  test("goes back to the estimate, and is there again with another fit", () => {
    const opened = open(views.sleep_slopes);
    slide(opened, 3);
    expect(button(opened, "Back").hidden).toBe(false);
    button(opened, "Back").click();
    expect(opened.find<HTMLInputElement>("input[type=range]").value).toBe("20");
    expect(opened.model.sent).toEqual([]);
  });

  test("plays from complete to no pooling and comes home", () => {
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    vi.useFakeTimers();
    const opened = open(views.sleep_slopes);
    const slider = opened.find<HTMLInputElement>("input[type=range]");
    button(opened, "Play").click();
    const seen = new Set<string>();
    for (let i = 0; i < 70; i++) {
      vi.advanceTimersByTime(90);
      seen.add(slider.value);
    }
    expect(seen.size).toBe(41);
    expect(slider.value).toBe("20");
    expect(button(opened, "Play")).toBeDefined();
    opened.part.stop?.();
  });

  test("shows every fifth stop where nothing should move, the estimate among them", () => {
    vi.useFakeTimers();
    const opened = open(views.sleep_slopes);
    const slider = opened.find<HTMLInputElement>("input[type=range]");
    button(opened, "Play").click();
    const seen: string[] = [];
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(900);
      seen.push(slider.value);
    }
    expect(seen).toEqual(["0", "5", "10", "15", "20", "25", "30", "35", "40", "20"]);
    opened.part.stop?.();
  });
});

describe("levels", () => {
  test("are lit by keys, kept and let go", () => {
    const opened = open(views.sleep_slopes);
    press(opened, "ArrowDown");
    const first = says(opened);
    expect(first).toMatch(/^Subject \d+ \(10 rows\): own rows alone .+; mixed model /);
    press(opened, "Enter");
    expect(says(opened)).toBe(`${first} (kept; Esc lets go)`);
    press(opened, "ArrowUp");
    expect(says(opened)).not.toContain("kept");
    press(opened, "Escape");
    expect(says(opened)).toBe(views.sleep_slopes.words.stops[20]);
  });

  test("have one name in the picture, lit or not", () => {
    const opened = open(views.sleep_slopes);
    const named = (): number =>
      [...opened.part.el.querySelectorAll<SVGElement>(".mw-shrink text")].filter(
        (text) => text.textContent === "335" && text.style.display !== "none",
      ).length;
    expect(named()).toBe(1);
    opened.context.point({ group: "Subject", level: "335" });
    expect(named()).toBe(1);
  });

  test("stand in rows where one effect is shown", () => {
    const opened = open(views.sleep_int);
    expect(opened.part.el.querySelectorAll("rect.mw-hill")).toHaveLength(3);
    press(opened, "ArrowDown");
    expect(says(opened)).toMatch(/^Subject 337 /);
    expect(opened.part.el.querySelectorAll(".mw-spot-row")).toHaveLength(1);
  });

  test("have no hill under them where the spread has no limit", () => {
    const opened = open(views.sleep_slopes);
    expect(opened.part.el.querySelectorAll("path.mw-hill")).toHaveLength(3);
    slide(opened, 40);
    expect(opened.part.el.querySelectorAll("path.mw-hill")).toHaveLength(0);
    expect(opened.part.el.querySelector(".mw-curve")?.textContent).toContain("no end");
  });
});

describe("numbers of 16 bits", () => {
  test("are those of 32 bits, and none where there is none", () => {
    const exact = decodeShrinkage(views.sleep_slopes, []);
    const { n_levels: n, n_stops: stops } = views.sleep_slopes;
    const [codes, low, step] = [
      new Uint16Array(stops * 2 * n),
      new Float64Array(stops * 2),
      new Float64Array(stops * 2),
    ];
    for (let stop = 0; stop < stops; stop++) {
      for (let i = 0; i < 2; i++) {
        const values = exact.at(stop).coef.subarray(i * n, (i + 1) * n);
        const [least, most] = [Math.min(...values), Math.max(...values)];
        low[stop * 2 + i] = least;
        step[stop * 2 + i] = (most - least) / 65_534 || 1;
        values.forEach((value, j) => {
          codes[(stop * 2 + i) * n + j] = Math.round((value - least) / step[stop * 2 + i]!);
        });
      }
    }
    codes[0] = 65_535;
    const bytes = (array: Uint16Array | Float64Array): DataView => new DataView(array.buffer);
    const coef = {
      float32: new DataView(new ArrayBuffer(0)),
      uint16: bytes(codes),
      low: bytes(low),
      step: bytes(step),
      grid: null,
    };
    const packed = decodeShrinkage({ ...views.sleep_slopes, coef }, []);
    expect(packed.at(0).coef[0]).toBeNaN();
    for (const stop of [10, 20, 40])
      packed.at(stop).coef.forEach((value, i) => {
        expect(Math.abs(value - exact.at(stop).coef[i]!)).toBeLessThan(0.002);
      });
  });
});

describe("what a saved page holds of a path", () => {
  const cases = fixture("grid_path") as Record<string, { grid: GridPath; n: number; rows: DataView }>;
  test.each(Object.keys(cases))("is what Python would print at each stop: %s", (name) => {
    const { grid, n, rows } = cases[name]!;
    const found = gridRows(grid, n);
    expect(found.flatMap((row) => [...row])).toEqual([...float64(rows)]);
  });
  test("has the estimates without pooling beside the stops", () => {
    const { grid } = cases.people!;
    const n = views.sleep_slopes.n_levels + 2;
    const none = new DataView(new ArrayBuffer(0));
    const coef = { float32: none, uint16: none, low: none, step: none, grid };
    const data = decodeShrinkage({ ...views.sleep_slopes, n_levels: n, own: none, coef, line_path: null }, []);
    expect(hasOwn(data, 0)).toBe(true);
    expect([data.own[0], data.own[n]]).toEqual([data.at(views.sleep_slopes.n_stops - 1).coef[0], data.own[n]]);
    expect(data.own.filter(Number.isNaN).length).toBeGreaterThan(0);
  });
});

test("what lies between two stands is on the straight way", () => {
  const data = decodeShrinkage(views.sleep_slopes, []);
  const [from, to] = [data.at(0), data.at(20)];
  const half = between(from, to, 0.5);
  expect(half.coef[3]).toBeCloseTo((from.coef[3]! + to.coef[3]!) / 2, 9);
  expect(between(data.at(0), decodeShrinkage(views.sleep_int, []).at(0), 0.5).coef).toHaveLength(18);
});

test("names keep off what is there, and are left out where nothing is free", () => {
  const labels = new Labels({ left: 0, top: 0, width: 100, height: 40 });
  expect(labels.put("a", around(50, 20, 6), "x")).not.toBeNull();
  expect(labels.put("b", around(50, 20, 6), "x")?.getAttribute("x")).not.toBe(labels.texts[0]?.getAttribute("x"));
  labels.take([0, 0, 100, 40]);
  expect(labels.put("c", around(50, 20, 6), "x")).toBeNull();
  expect(labels.put("d", around(50, 20, 6), "x", true)).not.toBeNull();
});

test("an arrow ends at the rim of its disc, and a short one is none", () => {
  expect(arrow(0, 0, 20, 0, 3)).toEqual({ shaft: "M3 0L13 0", head: "M17 0l-6 2.8l0 -5.6z" });
  expect(arrow(0, 0, 3, 0, 3)).toEqual({ shaft: "", head: "" });
});

test("dots of one size are one path", () => {
  const found = dots([
    [1, 2, 1],
    [3, 4, 1.1],
    [5, 6, 2],
  ]);
  expect([...found]).toEqual([
    [2, "M1 2h.01M3 4h.01"],
    [4, "M5 6h.01"],
  ]);
});

describe("the lines beside the plane", () => {
  const WIDE = 860;
  const wide = (width: number): void => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
  };
  const drawnLines = ({ part }: Opened): string => part.el.querySelector(".mw-lines-model")?.getAttribute("d") ?? "";
  const answer = ({ model }: Opened, change: Partial<LinesView> = {}, options: Record<string, unknown> = {}): void => {
    const of = (model.traits.fit_view as { key: number }).key;
    model.update({ lines: { of, state: "ready", message: "", options, view: { ...views.lines, ...change } } });
  };
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("are asked for where there is room, and the slider moves them", async () => {
    wide(WIDE);
    const opened = open(views.sleep_slopes);
    expect(opened.model.get("asked")).toMatchObject({ lines: { what: "lines", options: {} } });
    answer(opened);
    await Promise.resolve();
    const home = drawnLines(opened);
    expect(home).not.toBe("");
    slide(opened, 40);
    expect(drawnLines(opened)).not.toBe(home);
    slide(opened, 20);
    expect(drawnLines(opened)).toBe(home);
  });

  test("at complete pooling are all one", async () => {
    wide(WIDE);
    const opened = open(views.sleep_slopes);
    answer(opened);
    await Promise.resolve();
    slide(opened, 0);
    const each = drawnLines(opened).split("M").slice(1);
    expect([each.length, new Set(each).size]).toEqual([18, 1]);
  });

  test("light the level of the spot", async () => {
    wide(WIDE);
    const opened = open(views.sleep_slopes);
    answer(opened);
    await Promise.resolve();
    opened.context.point({ group: "Subject", level: "335" });
    expect(opened.find(".mw-lines-label-lit").textContent).toBe("335");
  });

  test.each([
    ["too narrow", 700, "sleep_slopes"],
    ["of one effect", WIDE, "sleep_int"],
  ] as const)("are not asked for: %s", (_, width, name) => {
    wide(width);
    const opened = open(views[name]);
    expect(opened.model.get("asked")).toBeUndefined();
    expect(opened.find(".mw-shrink-pair").classList.contains("mw-two")).toBe(false);
  });

  test("along another predictor leave the room to the plane", async () => {
    wide(WIDE);
    const opened = open(views.sleep_slopes);
    answer(opened, { x: "Age" });
    await Promise.resolve();
    expect(drawnLines(opened)).toBe("");
    expect(opened.find(".mw-shrink-pair").classList.contains("mw-two")).toBe(false);
  });

  test("are asked for again once another part has asked otherwise", async () => {
    wide(WIDE);
    const opened = open(views.sleep_slopes);
    answer(opened);
    await Promise.resolve();
    opened.model.set("asked", null);
    answer(opened, {}, { x: "Days" });
    await Promise.resolve();
    expect(opened.model.get("asked")).toMatchObject({ lines: { what: "lines", options: {} } });
  });
});
