import { afterEach, describe, expect, test, vi } from "vitest";
import widget from "../src/index.ts";
import pictures from "../src/pictures.ts";
import type { ExploreView, Status } from "../src/types.ts";
import { type FakeModel, fakeModel, fixture } from "./fake.ts";

interface Start {
  model: FakeModel;
  el: HTMLElement;
  stop: () => void;
  find: <E extends HTMLElement = HTMLElement>(selector: string) => E;
  chip: (name: string) => HTMLElement;
  answer: (number: number, state?: Status["state"]) => Promise<void>;
  change: (changes: Partial<ExploreView["draft"]>, more?: Partial<ExploreView>) => Promise<void>;
}

const answered = (request: number, state: Status["state"] = "idle"): { status: Status } => ({
  status: { state, request, message: "", hint: "" },
});

const turns = async (): Promise<void> => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};

async function start(host?: object): Promise<Start> {
  const model = fakeModel({ ...fixture("explore"), ...answered(0), pictures: "script" });
  const el = document.createElement("div");
  document.body.append(el);
  const props = { model, el, load: () => Promise.resolve(pictures), host };
  const stop = widget.render(props as Parameters<typeof widget.render>[0]);
  await turns();
  const find = <E extends HTMLElement>(selector: string): E => {
    const found = el.querySelector<E>(selector);
    if (!found) throw new Error(`nothing matches ${selector}`);
    return found;
  };
  return {
    model,
    el,
    stop,
    find,
    chip: (name) => find(`[data-control="chip ${name}"]`),
    answer: async (number, state) => {
      model.update(answered(number, state));
      await turns();
    },
    change: async (changes, more = {}) => {
      const now = model.get("explore") as ExploreView;
      model.update({ explore: { ...now, draft: { ...now.draft, ...changes }, ...more } });
      await turns();
    },
  };
}

const pressed = (element: HTMLElement): string | null => element.getAttribute("aria-pressed");

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("the cards", () => {
  test("show what is chosen, and why something cannot be", async () => {
    const { chip, find } = await start();
    expect(find<HTMLTextAreaElement>("textarea").value).toBe("r2 ~ Anger + mode * btype + (mode | id) + (1 | item)");
    expect(
      ["response r2", "response Gender", "predictor mode", "predictor situ"].map((name) => pressed(chip(name))),
    ).toEqual(["true", "false", "true", "false"]);
    expect(pressed(chip("mode \u00d7 btype"))).toBe("true");
    expect(pressed(chip("Anger \u00d7 mode"))).toBe("false");
    const refused = chip("Anger by id");
    expect(refused.getAttribute("aria-disabled")).toBe("true");
    expect(refused.title).toBe("constant within every level of id");
    expect(find("[data-factor=id] input:checked").closest("label")!.textContent).toBe("|full");
  });
  test("tell candidates for groups by their levels, rows and relations", async () => {
    const { find } = await start();
    const words = [...find(".mw-candidates").children].map((line) => line.textContent);
    expect(words).toEqual([
      "item24 levels, 316 rows each; crossed with id",
      "id316 levels, 24 rows each; crossed with item",
    ]);
  });
  test("offer the ways to use a number that it allows", async () => {
    const { find } = await start();
    const options = [...find<HTMLSelectElement>("[data-control='use Anger']").options].map((option) => option.text);
    expect(options).toEqual([
      ...["as it is", "log", "centred", "scaled: centred, SD 1", "quadratic curve", "cubic curve"],
      ...["centred within item", "centred within item, and its means", "means of item"],
    ]);
  });
  test("say what the relation of two groups is", async () => {
    const { find } = await start();
    const relation = find("[aria-label='Relation of item and id'] input:checked");
    expect(relation.closest("label")!.textContent).toBe("crossed");
  });
});

describe("a click", () => {
  test("sends what was clicked", async () => {
    const { model, chip, find, answer } = await start();
    chip("predictor situ").click();
    await answer(1);
    chip("mode \u00d7 btype").click();
    await answer(2);
    find<HTMLInputElement>("[data-control='Covariance of item intercept']").dispatchEvent(new Event("change"));
    await answer(3);
    const use = find<HTMLSelectElement>("[data-control='use Anger']");
    use.selectedIndex = 2;
    use.dispatchEvent(new Event("change"));
    expect(model.sent).toEqual([
      { action: "predictor", value: "situ", number: 1 },
      { action: "interaction", parts: ["mode", "btype"], number: 2 },
      { action: "form", value: "intercept", bar: 1, number: 3 },
      { action: "transform", value: "Anger", parts: ["scale(Anger, scale = FALSE)"], number: 4 },
    ]);
  });
  test("waits until the one before it is answered, so that none is lost", async () => {
    const { model, chip, answer } = await start();
    for (const name of ["predictor situ", "predictor Gender", "group id"]) chip(name).click();
    expect(model.sent.length).toBe(1);
    await answer(1);
    expect(model.sent.length).toBe(2);
    await answer(2, "error");
    expect(model.sent.map(({ action }) => action)).toEqual(["predictor", "predictor", "group"]);
  });
  test("on what is refused sends nothing", async () => {
    const { model, chip } = await start();
    chip("Anger by id").click();
    expect(model.sent).toEqual([]);
  });
  test("leaves focus and folds where they are", async () => {
    const { chip, find, change } = await start();
    find<HTMLDetailsElement>("[data-fold='Other columns']").open = true;
    chip("predictor situ").focus();
    await change({ formula: "r2 ~ situ + (1 | id)" });
    expect(document.activeElement).toBe(chip("predictor situ"));
    expect(find<HTMLDetailsElement>("[data-fold='Other columns']").open).toBe(true);
    expect(find<HTMLTextAreaElement>("textarea").value).toBe("r2 ~ situ + (1 | id)");
  });
});

describe("the formula as text", () => {
  const type = (box: HTMLTextAreaElement, text: string): void => {
    box.focus();
    box.value = text;
    box.dispatchEvent(new Event("input"));
  };
  test("is sent when the hand rests, and stays as it is typed", async () => {
    vi.useFakeTimers();
    const { model, find, change, answer } = await start();
    const box = find<HTMLTextAreaElement>("textarea");
    type(box, "r2~mode+(1|id)");
    expect(model.sent).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(model.sent).toEqual([{ action: "write", value: "r2~mode+(1|id)", number: 1 }]);
    await answer(1);
    await change({ formula: "r2~mode+(1|id)", is_typed: true });
    type(box, "r2~mode+(1|id) ");
    await change({ formula: "r2~mode+(1|id)", is_typed: true });
    expect(box.value).toBe("r2~mode+(1|id) ");
  });
  test("goes along with Enter", async () => {
    const { model, find } = await start();
    const box = find<HTMLTextAreaElement>("textarea");
    type(box, "r2 ~ 1 + (1 | id)");
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
    expect(model.sent).toEqual([{ action: "fit", value: "r2 ~ 1 + (1 | id)", number: 1 }]);
  });
  test("has the place of a mistake marked, and no Fit", async () => {
    const { model, find, change } = await start();
    const flaw = { message: "this bracket is never closed; add ')'", start: 9, end: 10 };
    await change({ formula: "r2 ~ 1 + (1 | id", is_typed: true, flaw });
    expect(find(".mw-flaw p").textContent).toBe(flaw.message);
    expect(find(".mw-flaw mark").textContent).toBe("(");
    find(".mw-fit-button").click();
    expect(model.sent).toEqual([]);
  });
  test("has findings and what the clicks cannot say below it", async () => {
    const { find, change } = await start();
    const note = { code: "no_fit_possible", severity: "error", message: "'x' is no column", hint: "" };
    await change({ notes: ["offset(x) stays as it is written."] }, { check: { of: "another one", notes: [note] } });
    expect(find(".mw-findings").textContent).toContain("offset(x) stays");
    expect(find(".mw-findings").textContent).not.toContain("no column");
  });
});

describe("the fit", () => {
  test("is a widget of its own below, the one before it ended", async () => {
    const ended: string[] = [];
    const render = ({ el, signal }: { el: HTMLElement; signal: AbortSignal }): Promise<void> => {
      el.append(`fit ${ended.length}`);
      signal.addEventListener("abort", () => ended.push(el.textContent ?? ""));
      return Promise.resolve();
    };
    const asked: string[] = [];
    const getWidget = (ref: string): Promise<object> => {
      asked.push(ref);
      return Promise.resolve({ render });
    };
    const { model, el, find, change, stop } = await start({ getWidget });
    model.update({ fitted: "anywidget:a" });
    await change({}, { fits: 1 });
    expect(el.lastElementChild!.textContent).toBe("fit 0");
    expect(find<HTMLDetailsElement>(".mw-choices").open).toBe(false);
    await change({ formula: "r2 ~ 1 + (1 | id)" });
    model.update({ fitted: "anywidget:b" });
    await change({}, { fits: 2 });
    expect([asked, ended, el.lastElementChild!.textContent]).toEqual([
      ["anywidget:a", "anywidget:b"],
      ["fit 0"],
      "fit 1",
    ]);
    stop();
    expect(ended).toEqual(["fit 0", "fit 1"]);
    expect([el.childElementCount, model.listening()]).toEqual([0, 0]);
  });
});
