import { afterEach, describe, expect, test } from "vitest";
import { Context } from "../src/host/context.ts";
import { StoredModel } from "../src/host/stored_model.ts";
import widget from "../src/index.ts";
import { playground } from "../src/parts/playground/bind.ts";
import { record } from "../src/parts/record/bind.ts";
import type { ParameterRecord, PlaygroundView, Wanted } from "../src/types.ts";
import { type FakeModel, fakeModel, fixture } from "./fake.ts";

afterEach(() => document.body.replaceChildren());

interface Shown {
  el: HTMLElement;
  model: FakeModel;
  wanted: () => Wanted;
  /** Python's answer to the last wish. */
  answer: (changes?: Partial<PlaygroundView>) => Promise<void>;
}

const viewOf = (model: FakeModel): PlaygroundView => model.get("playground") as PlaygroundView;

function shown(part: typeof playground): Shown {
  const model = fakeModel(fixture("playground"));
  const { el } = part(new Context(model));
  document.body.replaceChildren(el);
  const wanted = (): Wanted => model.get("wanted") as Wanted;
  const answer = async (changes: Partial<PlaygroundView> = {}): Promise<void> => {
    const number = wanted()?.number ?? 0;
    model.update({ playground: { ...viewOf(model), number, state: "idle", message: "", ...changes } });
    await Promise.resolve();
  };
  return { el, model, wanted, answer };
}

const control = <E extends HTMLElement>(el: HTMLElement, name: string): E =>
  el.querySelector<E>(`[data-control="${name}"]`)!;

function enter(input: HTMLInputElement | HTMLSelectElement, value: string, event: string): void {
  input.value = value;
  input.dispatchEvent(new Event(event));
}

const rowOf = (el: HTMLElement, name: string): HTMLElement =>
  control<HTMLElement>(el, name).closest<HTMLElement>(".mw-slide")!;

describe("the playground's controls", () => {
  test("show lesson, seed and settings", () => {
    const { el, model } = shown(playground);
    const { settings, sliders, look_at: lookAt } = viewOf(model);
    expect(control<HTMLSelectElement>(el, "lesson").value).toBe("outlier");
    expect(el.querySelector(".mw-look")!.textContent).toBe(lookAt);
    expect(el.querySelector<HTMLInputElement>("[aria-label=Seed]")!.value).toBe("4");
    for (const { name, needs } of sliders) {
      expect(control<HTMLInputElement>(el, name).value).toBe(String(settings[name as "outlier"]));
      expect(rowOf(el, name).hidden).toBe(needs !== "");
    }
  });

  const ASKED: [string, (el: HTMLElement) => void, Partial<Wanted>][] = [
    ["a new sample", (el) => control(el, "new-sample").click(), { n_samples: 1 }],
    ["twenty more", (el) => control(el, "many").click(), { n_samples: 20 }],
    ["a lesson", (el) => enter(control(el, "lesson"), "simpson", "change"), { preset: "simpson", seed: 4 }],
    ["a seed", (el) => enter(el.querySelector("[aria-label=Seed]")!, "77", "change"), { seed: 77 }],
    ["a slider", (el) => enter(control(el, "outlier"), "3", "input"), { settings: { outlier: 3 }, seed: 4 }],
    [
      "a number that is too large",
      (el) => enter(rowOf(el, "n_groups").querySelector("[type=number]")!, "900", "change"),
      { settings: { n_groups: 200 }, seed: 4 },
    ],
    ["a switch", (el) => control(el, "is_balanced").click(), { settings: { is_balanced: false }, seed: 4 }],
    [
      "another response",
      (el) => enter(control(el, "family"), "binomial", "change"),
      { settings: { family: "binomial" }, seed: 4 },
    ],
  ];
  test.each(ASKED)("ask for %s", (_, act, expected) => {
    const { el, wanted } = shown(playground);
    act(el);
    expect(wanted()).toEqual({ number: 2, ...expected });
  });

  test("while a sample is drawn, the last position of a slider waits its turn", async () => {
    const { el, wanted, answer } = shown(playground);
    const slider = control<HTMLInputElement>(el, "outlier");
    enter(slider, "1", "input");
    enter(slider, "2", "input");
    enter(slider, "3", "input");
    expect(wanted().settings).toEqual({ outlier: 1 });
    await answer({ state: "drawing" });
    expect(el.querySelector("[role=status]")!.textContent).toBe("Drawing \u2026");
    expect(wanted().settings).toEqual({ outlier: 1 });
    await answer();
    expect(wanted()).toEqual({ number: 3, settings: { outlier: 3 }, seed: 4 });
    expect(slider.value).toBe("3");
  });

  test("what was refused is said, and the settings go back", async () => {
    const { el, answer } = shown(playground);
    enter(control(el, "outlier"), "1", "input");
    await answer({ state: "failed", message: "no fit is possible" });
    expect(el.querySelector("[role=status]")!.textContent).toBe("no fit is possible");
    expect(control<HTMLInputElement>(el, "outlier").value).toBe("6");
  });

  test("controls that mean nothing are not there", async () => {
    const { el, model, answer } = shown(playground);
    const settings = { ...viewOf(model).settings, family: "binomial", has_trend_between: true };
    await answer({ settings, preset: "", look_at: "" });
    expect(rowOf(el, "sd_residual").hidden).toBe(true);
    expect(rowOf(el, "between_slope").hidden).toBe(false);
    expect(control<HTMLSelectElement>(el, "lesson").value).toBe("");
  });

  test("a saved page says how to draw again", () => {
    const { el } = playground(new Context(new StoredModel(fixture("playground"))));
    expect(el.querySelector("[role=status]")!.textContent).toBe("Run the cell to draw other samples.");
  });
});

const numbersOf = (el: Element, selector: string): number[] =>
  (
    el
      .querySelector(selector)!
      .getAttribute("d")!
      .match(/M[\d.]+/g) ?? []
  ).map((text) => Number(text.slice(1)));

describe("the record", () => {
  test("has a dot for each sample, the truth, and the last sample with its interval", () => {
    const { el, model } = shown(record);
    const { parameters } = viewOf(model).record;
    const rows = [...el.querySelectorAll(".mw-record-row")];
    expect(rows).toHaveLength(parameters.length);
    rows.forEach((row, i) => {
      const parameter = parameters[i]!;
      expect(row.querySelector("p")!.textContent).toBe(`${parameter.name} ${parameter.sentence}`);
      expect(row.querySelector("svg")!.getAttribute("aria-label")).toContain(parameter.sentence);
      expect(numbersOf(row, ".mw-estimates")).toHaveLength(3);
      expect(row.querySelectorAll(".mw-truth")).toHaveLength(1);
      expect(row.querySelectorAll(".mw-last-interval")).toHaveLength(parameter.lows[2] === null ? 0 : 1);
    });
    expect(el.querySelector("[role=status]")!.textContent).toContain("3 samples of y ~ x + (1 + x | group)");
  });

  test("places estimates in their order, and piles up those that are alike", async () => {
    const { el, model, answer } = shown(record);
    const parameter: ParameterRecord = {
      ...viewOf(model).record.parameters[0]!,
      truth: null,
      values: [3, 1, 2, 2],
      lows: [null, null, null, null],
      highs: [null, null, null, null],
    };
    await answer({ record: { ...viewOf(model).record, parameters: [parameter] } });
    const [three, one, two, again] = numbersOf(el, ".mw-estimates");
    expect(one!).toBeLessThan(two!);
    expect(two!).toBeLessThan(three!);
    expect(again).toBe(two);
    const heights = el
      .querySelector(".mw-estimates")!
      .getAttribute("d")!
      .match(/ [\d.]+h/g)!;
    expect(Number.parseFloat(heights[3]!)).toBeLessThan(Number.parseFloat(heights[2]!));
    expect(el.querySelector(".mw-truth")).toBeNull();
  });

  test("begins anew without a new sample", async () => {
    const { el, model, wanted, answer } = shown(record);
    el.querySelector("button")!.click();
    expect(wanted()).toEqual({ number: 2, n_samples: 0, forget: true });
    await answer({ record: { ...viewOf(model).record, seeds: [], parameters: [] } });
    expect(el.querySelector("[role=status]")!.textContent).toBe("No samples yet: draw a new one.");
    expect(el.querySelectorAll("svg")).toHaveLength(0);
  });
});

test("the playground is the explorer with its controls above the picker and the record among the tabs", async () => {
  const model = fakeModel(fixture("playground"));
  const el = document.createElement("div");
  document.body.append(el);
  const load = () => Promise.resolve({ parts: { playground, record }, css: "" });
  const stop = widget.render({ model, el, load });
  await new Promise((resolve) => setTimeout(resolve));
  expect(el.firstElementChild!.className).toBe("mw mw-view-explorer");
  expect(el.querySelector(".mw-area-picker .mw-playground")).toBeTruthy();
  expect([...el.querySelectorAll("[role=tab]")].at(-1)!.textContent).toBe("Record");
  stop();
  expect(model.listening()).toBe(0);
});
