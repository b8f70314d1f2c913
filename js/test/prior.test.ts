import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Choice, LadderView, PriorView, Status } from "../src/types.ts";
import { button, type Shown, show } from "./fake.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const slider = (shown: Shown): HTMLInputElement => shown.find<HTMLInputElement>(".mw-dial input");
const priorOf = (command: Record<string, unknown> | undefined): unknown => (command!.choice as Choice).prior;
const status = (state: Status["state"], request: number): { status: Status } => ({
  status: { state, request, message: "", hint: "" },
});

/** The pointer or a key moves the slider to a stop. */
function turn(shown: Shown, stop: number, released = true): void {
  slider(shown).value = String(stop);
  slider(shown).dispatchEvent(new Event("input"));
  if (released) slider(shown).dispatchEvent(new Event("change"));
}

const answer = async (shown: Shown): Promise<void> => {
  shown.model.update(status("idle", Number(shown.model.sent.at(-1)!.number)));
  await Promise.resolve();
};

describe("the dial for a weak prior", () => {
  test("stands at blme's default, with the least prior marked", async () => {
    const shown = await show("dyestuff2");
    expect(slider(shown).value).toBe(slider(shown).max);
    expect(slider(shown).getAttribute("aria-valuetext")).toBe("strength 0.75, blme's default");
    expect(shown.find<HTMLInputElement>(".mw-prior input:checked").value).toBe("wishart");
    const view = shown.model.get("prior") as PriorView;
    expect(view.stops[view.least!]!.strength).toBe(0.000496);
    expect(shown.find(".mw-dial-mark").style.left).toContain(String(view.least! / (view.stops.length - 1)));
    expect(shown.find(".mw-prior .mw-note").textContent).toContain("the least that makes this fit regular");
  });
  test("the ladder and the header name the prior", async () => {
    const shown = await show("dyestuff2");
    expect(shown.all(".mw-badge-prior").map((badge) => badge.textContent)).toEqual([
      "wishart",
      "wishart(strength=0.000496)",
      "wishart",
    ]);
    expect(button(shown, "Copy as R (blme)")).toBeTruthy();
  });
  test("what the prior moves stands in a table", async () => {
    const shown = await show("dyestuff2");
    const rows = shown.all(".mw-moves tbody tr").map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows.map((row) => row[0])).toEqual(["(Intercept)", "sd (Intercept) | Batch", "sigma"]);
    expect(rows[0]!.slice(1, 4)).toEqual(["5.666", "5.666", "0 SE"]);
    expect(rows[1]!.slice(1, 4)).toEqual(["0.000", "1.489", "+1.5"]);
    expect(shown.all(".mw-moves tr:nth-child(2) circle")).toHaveLength(2);
  });
  test("while it turns only drafts are sent, the last one is kept", async () => {
    const shown = await show("dyestuff2");
    turn(shown, 5, false);
    expect(shown.model.sent).toHaveLength(1);
    expect(shown.model.sent[0]).toMatchObject({ number: 3, action: "choose", draft: true });
    turn(shown, 9, false); // the first one is not answered yet
    expect(shown.model.sent).toHaveLength(1);
    await answer(shown);
    expect(shown.model.sent).toHaveLength(2);
    const { stops } = shown.model.get("prior") as PriorView;
    expect(priorOf(shown.model.sent[1])).toEqual({ family: "wishart", strength: stops[9]!.strength });
    await answer(shown);
    vi.advanceTimersByTime(1000);
    expect(shown.model.sent).toHaveLength(2);
    slider(shown).dispatchEvent(new Event("change"));
    vi.advanceTimersByTime(500);
    expect(shown.model.sent).toHaveLength(3);
    expect(shown.model.sent[2]).not.toHaveProperty("draft");
    expect(priorOf(shown.model.sent[2])).toEqual(priorOf(shown.model.sent[1]));
  });
  test("keys that follow each other make one entry", async () => {
    const shown = await show("dyestuff2");
    for (const stop of [30, 29, 28]) {
      turn(shown, stop);
      await answer(shown);
      vi.advanceTimersByTime(200);
    }
    vi.advanceTimersByTime(400);
    expect(shown.model.sent.map((command) => Boolean(command.draft))).toEqual([true, true, true, false]);
  });
  test("at its left end there is no prior", async () => {
    const shown = await show("dyestuff2");
    turn(shown, 0);
    expect(priorOf(shown.model.sent[0])).toEqual({ family: "none", strength: 0 });
    expect(slider(shown).getAttribute("aria-valuetext")).toBe("no prior");
  });
  test("a family and the least prior are one click", async () => {
    const shown = await show("dyestuff2");
    shown.find<HTMLInputElement>(".mw-prior input[value=invwishart]").click();
    expect(priorOf(shown.model.sent[0])).toMatchObject({ family: "invwishart" });
    expect(shown.find(".mw-dial").hidden).toBe(true);
    button(shown, "Least that is enough").click();
    expect(priorOf(shown.model.sent[1])).toEqual({ family: "wishart", strength: null });
  });
  test("a fit that fails leaves the dial where the fit shown is", async () => {
    const shown = await show("dyestuff2");
    turn(shown, 12);
    vi.advanceTimersByTime(500);
    shown.model.update(status("error", 4));
    await Promise.resolve();
    expect(slider(shown).value).toBe(slider(shown).max);
  });
  test("the structure clicked before is kept", async () => {
    const shown = await show("dyestuff2");
    shown
      .all<HTMLInputElement>(".mw-picker input[type=radio]")
      .find((input) => input.parentElement!.textContent === "ML")!
      .click();
    turn(shown, 12);
    vi.advanceTimersByTime(500);
    expect(shown.model.sent.at(-1)).toMatchObject({ choice: { reml: false, prior: { family: "wishart" } } });
  });
  test("a regular fit says that it needs none", async () => {
    const shown = await show("sleepstudy", {
      prior: {
        ...((await show("dyestuff2")).model.get("prior") as PriorView),
        least: null,
        has_least: false,
        note: "no need",
        moves: [],
      },
    });
    expect(shown.find(".mw-prior .mw-note").textContent).toBe("no need");
    expect(shown.find(".mw-moves").hidden).toBe(true);
    expect(shown.find(".mw-dial-mark").hidden).toBe(true);
    expect(button(shown, "Least that is enough").hidden).toBe(true);
  });
  test("without a dial there is none", async () => {
    const shown = await show("penicillin");
    expect(shown.find(".mw-prior").hidden).toBe(true);
    expect((shown.model.get("ladder") as LadderView).choice.prior.family).toBe("none");
  });
});
