import { expect, test } from "vitest";
import { Context } from "../src/host/context.ts";
import { words } from "../src/parts/words/bind.ts";
import { fakeModel, fixture } from "./fake.ts";

const one = (part: string, number: string, value: number | null, sentence: string) => ({
  number,
  of: number,
  part,
  value,
  sentence,
});
const view = {
  parts: ["Fixed effects", "Random effects", "Model"],
  formula: "Reaction ~ Days + (Days | Subject)",
  explanations: [
    one("Model", "AIC", 1755.6, "Lower is better."),
    one("Fixed effects", "Days", 10.467, "One day more goes with 10.5 ms more."),
    one("Model", "npar", 6, "The model has 6 parameters."),
    one("Model", "verdict", null, "The search ended well."),
  ],
};

async function shown(words_: Record<string, unknown>) {
  const context = new Context(fakeModel({ ...fixture("sleepstudy"), words: words_ }));
  const part = words(context);
  document.body.replaceChildren(part.el);
  part.shown!();
  await Promise.resolve();
  return part.el;
}

test("each number of a part of the summary has its sentence", async () => {
  const el = await shown({ of: 0, state: "ready", message: "", options: {}, view });
  expect(el.querySelector("dl")!.textContent).toBe("Days = 10.47One day more goes with 10.5 ms more.");
  el.querySelector<HTMLElement>("[data-control='words-Model']")!.click();
  const terms = [...el.querySelectorAll("dt")].map((term) => term.textContent);
  expect(terms).toEqual(["AIC = 1756", "npar = 6", "verdict"]);
});

test("why there are none is said", async () => {
  const el = await shown({ of: 0, state: "failed", message: "division by zero", options: {}, view: null });
  expect(el.querySelector("[role=status]")!.textContent).toBe("division by zero");
  expect(el.querySelector("dl")!.children).toHaveLength(0);
});
