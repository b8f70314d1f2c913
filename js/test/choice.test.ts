import { expect, test } from "vitest";
import {
  pairNow,
  setForm,
  setPair,
  toggleFixed,
  toggleIntercept,
  toggleSlope,
  whyFixedStays,
} from "../src/core/choice.ts";
import type { Choice, LadderView, StructureView } from "../src/types.ts";
import { fixture } from "./fake.ts";

const of = (name: string): { structure: StructureView; choice: Choice } => {
  const traits = fixture(name);
  return { structure: traits.structure as StructureView, choice: (traits.ladder as LadderView).choice };
};

test("a form keeps the slopes for the way back", () => {
  const { structure, choice } = of("sleepstudy");
  const subject = structure.factors[0]!;
  const intercept = setForm(choice, subject, "intercept");
  expect(intercept.groups[0]).toMatchObject({ form: "intercept", slopes: ["Days"] });
  expect(setForm(intercept, subject, "diagonal").groups[0]).toMatchObject({
    form: "diagonal",
    slopes: ["Days"],
    intercept: true,
  });
  expect(choice.groups[0]!.form).toBe("full");
});

test("a form with slopes takes all that the data allow if none is chosen", () => {
  const { structure, choice } = of("sleepstudy");
  const bare: Choice = {
    ...choice,
    groups: [{ group: "Subject", form: "intercept", intercept: true, slopes: [], written: "" }],
  };
  expect(setForm(bare, structure.factors[0]!, "full").groups[0]!.slopes).toEqual(["Days"]);
});

test("without slopes a term is an intercept, without that it is gone", () => {
  const { structure, choice } = of("sleepstudy");
  const one = toggleSlope(choice, structure.factors[0]!, "Days");
  expect(one.groups[0]).toMatchObject({ form: "intercept", slopes: [] });
  expect(toggleIntercept(one, "Subject").groups[0]!.form).toBe("off");
  expect(toggleIntercept(choice, "Subject").groups[0]).toMatchObject({ form: "full", intercept: false });
});

test("interactions bring their parts and keep them", () => {
  const options = [
    { name: "a", allowed: true, reason: "", within: ["a:b"] },
    { name: "b", allowed: true, reason: "", within: ["a:b"] },
    { name: "a:b", allowed: true, reason: "", within: [] },
  ];
  const empty: Choice = { fixed: [], reml: true, groups: [], prior: { family: "none", strength: 0 } };
  const all = toggleFixed(empty, options, "a:b");
  expect(all.fixed).toEqual(["a", "b", "a:b"]);
  expect(whyFixedStays(all, options[0]!)).toBe("part of a:b");
  expect(whyFixedStays(all, options[2]!)).toBe("");
});

test("a pair switches its factors and their interaction", () => {
  const { structure, choice } = of("pastes");
  const pair = structure.pairs[0]!;
  expect(pairNow(choice, pair)?.name).toBe("nested");
  const crossed = setPair(choice, pair, pair.choices.find((option) => option.name === "crossed")!);
  expect(
    crossed.groups
      .filter((group) => group.form !== "off")
      .map((group) => group.group)
      .sort(),
  ).toEqual(["batch", "cask"]);
  expect(pairNow(crossed, pair)?.name).toBe("crossed");
});
