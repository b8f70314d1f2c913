import { describe, expect, test } from "vitest";
import { Context } from "../src/host/context.ts";
import { effects } from "../src/parts/effects/bind.ts";
import type { EffectsView } from "../src/types.ts";
import { fakeModel, fixture } from "./fake.ts";

const bytes = (...values: number[]): DataView => new DataView(Float64Array.from(values).buffer);
const series = (name: string, ...y: number[]) => ({
  name,
  y: bytes(...y),
  low: bytes(...y.map((value) => value - 1)),
  high: bytes(...y.map((value) => value + 1)),
});
const line: EffectsView = {
  variables: ["Days", "Sex"],
  of: "Days",
  by: "Sex",
  x: bytes(0, 4.5, 9),
  levels: [],
  series: [series("f", 250, 300, 350), series("m", 240, 280, 320)],
  x_title: "Days (day)",
  y_title: "Reaction time (ms)",
  notes: ["Random effects are at zero."],
};
const levels: EffectsView = {
  ...line,
  of: "Sex",
  by: "",
  x: bytes(),
  levels: ["f", "m"],
  series: [series("", 300, Number.NaN)],
};

async function shown(view: EffectsView | null, options = {}, message = "") {
  const state = view ? "ready" : "failed";
  const model = fakeModel({ ...fixture("sleepstudy"), effects: { of: 0, state, message, options, view } });
  const context = new Context(model);
  const part = effects(context);
  document.body.replaceChildren(part.el);
  part.shown!();
  await Promise.resolve();
  return { el: part.el, model };
}

describe("the effect of a variable", () => {
  test("is a line with a band for each series, which names it at its end", async () => {
    const { el } = await shown(line);
    expect(el.querySelectorAll(".mw-band")).toHaveLength(2);
    expect(el.querySelectorAll(".mw-mean")).toHaveLength(2);
    expect([...el.querySelectorAll("text")].map((text) => text.textContent)).toEqual(
      expect.arrayContaining(["Reaction time (ms)", "Days (day)", "Sex f", "Sex m"]),
    );
    expect(el.querySelector(".mw-note")!.textContent).toBe("Random effects are at zero.");
  });
  test("of a factor is points with bars, and a table; what the data do not determine is empty", async () => {
    const { el } = await shown(levels);
    expect(el.querySelector(".mw-point")!.getAttribute("d")!.match(/M/g)).toHaveLength(1);
    const cells = [...el.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(cells).toEqual([
      ["f", "300.0", "299.0", "301.0"],
      ["m", "", "", ""],
    ]);
  });
  test("is asked for anew when another variable is chosen", async () => {
    const { el, model } = await shown(line);
    expect(model.get("asked")).toBeUndefined();
    const list = el.querySelector<HTMLSelectElement>("[data-control='effect-of']")!;
    list.value = "Sex";
    list.dispatchEvent(new Event("change"));
    expect(model.get("asked")).toMatchObject({ effects: { what: "effects", of: 0, options: { of: "Sex" } } });
  });
  test("says why there is none", async () => {
    const { el } = await shown(null, {}, "effects: 'Dayz' is no variable");
    expect(el.querySelector(".mw-note")!.textContent).toBe("effects: 'Dayz' is no variable");
    expect(el.querySelector("svg")).toBeNull();
  });
  test("the way to the intervals of the table is chosen beside it", async () => {
    const { el, model } = await shown(line);
    const list = el.querySelector<HTMLSelectElement>("[data-control='method']")!;
    expect([...list.options].map((option) => option.value)).toEqual(["satterthwaite", "kenward-roger", "profile"]);
    list.value = "profile";
    list.dispatchEvent(new Event("change"));
    expect(model.get("asked")).toMatchObject({ tests: { what: "tests", options: { method: "profile" } } });
  });
});
