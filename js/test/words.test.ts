/** What a person reads and finds: words, names, headings, the search for a column. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { shortened } from "../src/core/format.ts";
import { standaloneSvg } from "../src/dom/export.ts";
import { formWords } from "../src/parts/picker/words.ts";
import type { Choice, FitView, GroupChoice, LadderView, PriorView, StructureView } from "../src/types.ts";
import { button, fixture, type Shown, show } from "./fake.ts";

afterEach(() => document.body.replaceChildren());

const settled = async (shown: Shown, choice: Choice): Promise<void> => {
  const status = { state: "idle", request: 99, message: "", hint: "" };
  shown.model.update({ ladder: { ...(shown.model.get("ladder") as LadderView), choice }, status });
  await Promise.resolve();
};
const cards = (shown: Shown): string[] => shown.all("[data-factor]").map((card) => card.dataset.factor!);
const texts = (elements: Iterable<Element>): string[] => [...elements].map(({ textContent }) => textContent ?? "");

describe("names", () => {
  test.each([
    ["short", 14, "short"],
    ["exactly so long", 15, "exactly so long"],
    ["university hospital, ward 308", 14, "univers\u2026rd 308"],
    ["abcdefghij", 4, "ab\u2026j"],
  ])("%j in %d characters", (name, length, expected) => {
    expect(shortened(name, length)).toBe(expected);
    expect(shortened(name, length).length).toBeLessThanOrEqual(length);
  });
  test("of levels keep both ends, and are whole where the pointer is", async () => {
    const whole = (level: string): string => `a ward of the university hospital, subject ${level}`;
    const levels = (fixture("sleepstudy").levels as Record<string, string[]>).Subject!.map(whole);
    const shown = await show("sleepstudy", { levels: { Subject: levels } });
    const [first] = shown.all(".mw-level");
    expect(first!.firstChild!.textContent).toBe("a ward \u2026ct 337");
    expect(first!.querySelector("title")!.textContent).toBe(whole("337"));
    const row = shown.find("tr[data-level] th");
    expect(row.textContent).toBe("a ward of th\u2026subject 308");
    expect(row.title).toBe(whole("308"));
  });
});

describe("headings and words", () => {
  test("each column of correlations says what it is with", async () => {
    const shown = await show("sleepstudy");
    expect(texts(shown.all(".mw-varcorr thead th"))).toContain("Corr. with (Intercept)");
  });
  test("factors whose terms differ share a column under both names", async () => {
    const traits = fixture("sleepstudy");
    const fit = traits.fit_view as FitView;
    const [subject] = fit.varcorr.groups;
    const other = structuredClone(subject!);
    other.group = "Item";
    other.rows[0]!.name = "Days";
    const shown = await show("sleepstudy", {
      fit_view: { ...fit, varcorr: { ...fit.varcorr, groups: [subject!, other] } },
    });
    expect(texts(shown.all(".mw-varcorr thead th"))[4]).toBe("Corr. with (Intercept), Days");
  });
  test("effects that correlate with no other have no column", async () => {
    const traits = fixture("sleepstudy");
    const fit = traits.fit_view as FitView;
    const [subject] = structuredClone(fit.varcorr.groups);
    subject!.rows[1]!.correlations = [null];
    const varcorr = { ...fit.varcorr, groups: [subject!], correlated: [] };
    const shown = await show("sleepstudy", { fit_view: { ...fit, varcorr } });
    expect(texts(shown.all(".mw-varcorr thead th")).slice(2)).toEqual(["Variance", "SD", "Share", "Levels"]);
    expect(shown.all(".mw-varcorr tbody tr")[1]!.children.length).toBe(3);
    expect(shown.find(".mw-varcorr tbody:last-child tr").children.length).toBe(5);
  });
  test.each([
    ["full", true, ["x"], "full: both vary, correlated"],
    ["full", true, ["x", "z"], "full: all 3 vary, correlated"],
    ["diagonal", true, ["x"], "diagonal: both vary, uncorrelated"],
    ["full", false, ["x"], "only x varies"],
    ["intercept", true, ["x"], "only the intercept varies"],
    ["written", true, [], "as it was written"],
    ["off", true, [], "not in the model"],
  ] as [GroupChoice["form"], boolean, string[], string][])("%s %j %j is %j", (form, intercept, slopes, words) => {
    expect(formWords({ group: "g", form, intercept, slopes, written: "" }, form)).toBe(words);
  });
  test("R's words stand beside the plain ones", async () => {
    const shown = await show("sleepstudy");
    expect(button(shown, "Deviations from the average").title).toContain("ranef()");
    expect(button(shown, "Coefficients").title).toContain("coef()");
    expect(shown.find(".mw-svg").textContent).toContain("deviation from the average");
    expect(shown.find(".mw-caterpillar > .mw-note").textContent).toContain("conditional modes, R: ranef");
  });
});

describe("the tabs", () => {
  test("are the pictures, fixed effects with intervals among them", async () => {
    const shown = await show("sleepstudy");
    expect(texts(shown.all("[role=tab]"))).toEqual(["Levels", "Lines", "Shrinkage", "Fixed effects"]);
    const [levels, , , fixed] = shown.all<HTMLElement>("[role=tabpanel]");
    expect([levels!.hidden, fixed!.hidden]).toEqual([false, true]);
    shown.all("[role=tab]")[3]!.click();
    expect([levels!.hidden, fixed!.hidden, shown.find(".mw-slot").hidden]).toEqual([true, false, true]);
    button(shown, "80%").click();
    expect(shown.find(".mw-fixed thead").textContent).toContain("80% interval");
  });
  test("a picture that nobody sends says what to do", async () => {
    vi.useFakeTimers();
    try {
      const shown = await show("sleepstudy");
      shown.all("[role=tab]")[1]!.click();
      const [, lines] = shown.all("[role=tabpanel]");
      expect(lines!.textContent).toBe("\u2026");
      vi.advanceTimersByTime(3000);
      expect(lines!.textContent).toBe("Run the cell to see it; a busy kernel will answer.");
    } finally {
      vi.useRealTimers();
    }
  });
  test("the one in front is told, and is in front again where it is drawn anew", async () => {
    const shown = await show("sleepstudy");
    expect(shown.model.get("page") ?? "").toBe("");
    shown.all("[role=tab]")[3]!.click();
    expect(shown.model.get("page")).toBe("Fixed effects");
    const again = await show("sleepstudy", { page: "Fixed effects" });
    const panels = again.all<HTMLElement>("[role=tabpanel]").map(({ hidden }) => hidden);
    expect(panels).toEqual([true, true, true, false]);
    const other = await show("sleepstudy", { page: "Record" });
    expect(other.all<HTMLElement>("[role=tabpanel]").map(({ hidden }) => hidden)).toEqual([false, true, true, true]);
  });
});

describe("the QQ plot", () => {
  test("has the line through the quartiles, titles and names", async () => {
    const shown = await show("sleepstudy");
    button(shown, "QQ plot").click();
    expect(shown.all(".mw-quantile-line")).toHaveLength(2);
    const words = texts(shown.all(".mw-svg text"));
    expect(words).toContain("standard normal quantile");
    expect(words.filter((text) => text === "337")).toHaveLength(2);
    expect(shown.all(".mw-svg .mw-level").length).toBeLessThan(13);
  });
});

describe("an exported picture", () => {
  test("carries formula, caption and titles of the axes", async () => {
    const shown = await show("sleepstudy");
    const svg = shown.find<SVGSVGElement>(".mw-plot svg");
    Object.defineProperty(svg, "viewBox", { value: { baseVal: { width: 640, height: 348 } } });
    const caption = shown.find(".mw-caterpillar > .mw-note").textContent!;
    const text = standaloneSvg(svg, { title: "Reaction ~ Days + (Days | Subject)", caption });
    const file = new DOMParser().parseFromString(text, "image/svg+xml");
    const words = texts(file.querySelectorAll("text")).join(" ");
    expect(words).toContain("Reaction ~ Days + (Days | Subject)");
    expect(words).toContain(caption);
    expect(words).toContain("deviation from the average (conditional mode)");
    expect(Number(file.documentElement.getAttribute("height"))).toBeGreaterThan(348);
  });
});

describe("the picker", () => {
  test("marks what a page without a kernel does not hold, and what is chosen only where it cannot be left", async () => {
    const lacks = ({ groups }: Choice): string => (groups[0]!.form === "diagonal" ? "not here" : "");
    const shown = await show("sleepstudy", {}, { lacks });
    const marked = shown.all(".mw-lacks");
    expect(texts(marked.map((el) => el.querySelector(".mw-form-word")!))).toEqual(["diagonal"]);
    expect(marked[0]!.title).toBe("not here");
    expect(marked[0]!.querySelector("input")!.disabled).toBe(false);
  });
  test("a factor that was taken out stays where it was", async () => {
    const shown = await show("penicillin");
    expect(cards(shown)).toEqual(["plate", "sample"]);
    const { choice } = shown.model.get("ladder") as LadderView;
    await settled(shown, {
      ...choice,
      groups: choice.groups.map((group) => (group.group === "plate" ? { ...group, form: "off" } : group)),
    });
    expect(cards(shown)).toEqual(["plate", "sample"]);
    expect(shown.find("[data-factor=plate] .mw-form-says").textContent).toBe("not in the model");
  });
  test("the only factor cannot be taken out, by no control, and says why", async () => {
    const shown = await show("sleepstudy");
    const card = shown.find("[data-factor=Subject]");
    expect(card.querySelector<HTMLInputElement>("label:last-child input")!.disabled).toBe(true);
    expect(card.querySelector(".mw-reason")!.textContent).toBe("none: the only grouping factor of the model");
    const { choice } = shown.model.get("ladder") as LadderView;
    await settled(shown, { ...choice, groups: choice.groups.map((group) => ({ ...group, form: "intercept" })) });
    button(shown, "intercept for Subject").click();
    expect(shown.model.sent).toHaveLength(0);
  });
  test("one of two factors can be taken out", async () => {
    const shown = await show("penicillin");
    const inputs = shown.all<HTMLInputElement>("[data-factor] label:last-child input");
    expect(inputs.map((input) => input.disabled)).toEqual([false, false]);
  });
  test("more columns are found by a part of their name", async () => {
    const structure = fixture("sleepstudy").structure as StructureView;
    const column = (name: string) => ({ name, allowed: true, reason: "", within: [] });
    const others = ["age", "dosage", "ward", "weight", "height", "sex"].map(column);
    const shown = await show("sleepstudy", { structure: { ...structure, fixed: [...structure.fixed, ...others] } });
    const fold = shown.find(".mw-picker details");
    const search = fold.querySelector("input")!;
    const seen = (): string[] =>
      texts([...fold.querySelectorAll<HTMLElement>(".mw-chip")].filter((chip) => !chip.hidden));
    expect(seen()).toHaveLength(8);
    search.value = "AGE";
    search.dispatchEvent(new Event("input"));
    expect(seen()).toEqual(["age", "dosage"]);
    expect(fold.querySelector("[role=status]")!.textContent).toBe("2 of 8");
  });
});

describe("the card of the weak prior", () => {
  test("is closed where none is needed, and opens when a fit needs one", async () => {
    const shown = await show("sleepstudy", {
      prior: { ...(fixture("dyestuff2").prior as PriorView), is_needed: false },
    });
    const { choice } = shown.model.get("ladder") as LadderView;
    const card = shown.find<HTMLDetailsElement>(".mw-prior");
    expect([card.open, card.querySelector("summary")!.textContent]).toEqual([false, "Weak prior none needed"]);
    shown.model.update({ prior: { ...(shown.model.get("prior") as PriorView), is_needed: true } });
    await settled(shown, choice);
    expect([card.open, card.querySelector("summary")!.textContent]).toEqual([true, "Weak prior "]);
  });
  test("stays as it was left", async () => {
    const shown = await show("sleepstudy", {
      prior: { ...(fixture("dyestuff2").prior as PriorView), is_needed: false },
    });
    const card = shown.find<HTMLDetailsElement>(".mw-prior");
    card.open = true;
    await settled(shown, (shown.model.get("ladder") as LadderView).choice);
    expect(card.open).toBe(true);
  });
});

describe("the level that is lit", () => {
  test("is kept by a click until Escape", async () => {
    const shown = await show("sleepstudy");
    const slider = shown.find(".mw-caterpillar [role=slider]");
    const press = (key: string): boolean => slider.dispatchEvent(new KeyboardEvent("keydown", { key }));
    press("Home");
    press("Enter");
    expect(shown.find(".mw-readout").textContent).toMatch(/^Subject 337.*\(kept; Esc lets go\)$/);
    slider.dispatchEvent(new Event("pointerleave"));
    expect(shown.find(".mw-readout").textContent).toContain("337");
    press("Escape");
    expect(shown.find(".mw-readout").textContent).toBe("18 levels of Subject");
  });
});
