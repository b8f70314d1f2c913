import { afterEach, describe, expect, test, vi } from "vitest";
import type { Choice, CoefficientRow, LadderView, Status } from "../src/types.ts";
import { button, rowsOf, show } from "./fake.ts";

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const status = (state: Status["state"], request: number, message = "", hint = ""): { status: Status } => ({
  status: { state, request, message, hint },
});

describe("tables", () => {
  test("show lme4's numbers for sleepstudy", async () => {
    const shown = await show("sleepstudy");
    const rows = rowsOf(shown.find(".mw-varcorr table"));
    expect(rows[1]!.slice(0, 4)).toEqual(["Subject", "(Intercept)", "612.09", "24.740"]);
    expect(rows[2]!.slice(0, 4)).toEqual(["Days", "35.07", "5.922", "0.07"]);
    expect(rows[3]!.slice(0, 3)).toEqual(["Residual", "654.94", "25.592"]);
    expect(shown.find("[data-fact='REML criterion']").textContent).toBe("1743.63");
  });
  test("have captions and headers", async () => {
    const shown = await show("sleepstudy");
    for (const table of shown.all("table")) {
      expect(table.querySelector("caption")?.textContent).toBeTruthy();
      expect(table.querySelectorAll("th[scope]").length).toBeGreaterThan(0);
    }
  });
  test("draw only the visible rows of 3,000 levels", async () => {
    const shown = await show("levels3000");
    expect(shown.all("tr[data-level]").length).toBeLessThan(60);
    expect(shown.find(".mw-levels").getAttribute("aria-rowcount")).toBe("3002");
  });
  test("sort by a click, filter by name", async () => {
    const shown = await show("sleepstudy");
    shown.find("[data-sort='1']").click();
    expect(shown.find("tr[data-level]").dataset.level).toBe("337");
    shown.find("[data-sort='1']").click();
    expect(shown.find("tr[data-level]").dataset.level).toBe("309");
    expect(shown.find("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    const filter = shown.find<HTMLInputElement>("input[type=search]");
    filter.value = "33";
    filter.dispatchEvent(new Event("input"));
    expect(shown.all("tr[data-level]").map((row) => row.dataset.level)).toEqual(
      ["337", "335", "334", "333", "332", "331", "330"].sort((a, b) => rank(shown, a) - rank(shown, b)),
    );
  });
});

const rank = (shown: Awaited<ReturnType<typeof show>>, level: string): number =>
  shown.all("tr[data-level]").findIndex((row) => row.dataset.level === level);

describe("tests of the fixed effects", () => {
  const ends = { low: [237, 7.4], high: [265, 13.5] };
  const waiting = { of: 0, state: "waiting", rows: [], message: "", intervals: [ends, ends, ends] };
  const tested = (df: number | null, p: number | null): CoefficientRow => ({
    ...{ name: "Days", estimate: 10.467, se: 1.546, statistic: 6.771 },
    ...{ df, p },
  });
  const cells = (shown: Awaited<ReturnType<typeof show>>): string[][] => rowsOf(shown.find(".mw-fixed table")).slice(1);
  test("stand beside the estimates", async () => {
    const shown = await show("sleepstudy");
    expect(cells(shown)[1]!.slice(3)).toEqual(["7.21", "13.73", "1.55", "17.0", "6.77", "< 0.0001"]);
    expect(shown.find(".mw-forest").getAttribute("aria-label")).toBe("7.21 to 13.73");
    expect(shown.find(".mw-fixed .mw-note").textContent).toContain("Satterthwaite");
  });
  test("are asked for once the page has been still, and come later", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const shown = await show("sleepstudy", { tests: waiting });
    expect(cells(shown)[1]!.slice(3)).toEqual(["7.40", "13.50", "1.55", "\u2026", "6.77", "\u2026"]);
    expect(shown.model.get("asked")).toBeUndefined();
    vi.advanceTimersByTime(400);
    expect(shown.model.get("asked")).toMatchObject({ tests: { of: 0 } });
    shown.all<HTMLElement>("[role=tab]")[1]!.click();
    expect(Object.keys(shown.model.get("asked") as object)).toEqual(["tests", "pictures"]);
    shown.model.update({ tests: { ...waiting, state: "computing", message: "Computing" } });
    await Promise.resolve();
    expect(shown.find(".mw-fixed .mw-note").textContent).toBe("Computing");
    shown.model.update({ tests: { ...waiting, state: "ready", rows: [tested(17, 0.5), tested(null, null)] } });
    await Promise.resolve();
    expect(cells(shown).map((row) => [row[6], row[8]])).toEqual([
      ["17.0", "0.500"],
      ["", ""],
      [undefined, undefined],
    ]);
  });
  test("are not asked for while a click has no answer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const shown = await show("sleepstudy", { tests: waiting });
    shown.find("[data-key='1']").click();
    vi.advanceTimersByTime(1000);
    expect(shown.model.get("asked")).toBeUndefined();
    shown.model.update(status("idle", 5));
    await Promise.resolve();
    vi.advanceTimersByTime(400);
    expect(shown.model.get("asked")).toMatchObject({ tests: { of: 0 } });
  });
  test("of another fit are not shown, and why there are none is said", async () => {
    const shown = await show("sleepstudy");
    shown.model.update({ tests: { ...waiting, of: 3, state: "ready", rows: [tested(1, 1), tested(1, 1)] } });
    await Promise.resolve();
    expect(cells(shown)[1]![6]).toBe("\u2026");
    shown.model.update({ tests: { ...waiting, state: "failed", message: "no curvature" } });
    await Promise.resolve();
    const note = shown.find(".mw-fixed .mw-note").textContent;
    expect(note).toBe("no curvature");
    expect(cells(shown)[1]!.slice(3)).toEqual(["7.40", "13.50", "1.55", "", "6.77", ""]);
  });
});

describe("caterpillar", () => {
  test("one path for all intervals, whatever the number of levels", async () => {
    const few = await show("sleepstudy", { view: "caterpillar" });
    const many = await show("levels3000", { view: "caterpillar" });
    expect(many.all(".mw-interval")).toHaveLength(few.all(".mw-interval").length);
    const moves = many.all(".mw-interval").map((path) => path.getAttribute("d")!.split("M").length - 1);
    expect(moves.reduce((sum, n) => sum + n, 0)).toBe(2 * 3000);
    expect(many.find(".mw-overview").hidden).toBe(false);
    expect(few.find(".mw-overview").hidden).toBe(true);
  });
  test("arrow keys say level and values, and light up the same level elsewhere", async () => {
    const plot = await show("sleepstudy", { view: "caterpillar" });
    const table = await show("sleepstudy", { view: "table" });
    const slider = plot.find("[role=slider]");
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }));
    expect(slider.getAttribute("aria-valuetext")).toMatch(
      /^Subject 337: \(Intercept\) 34\.89 ± .*; Days 8\.628 ± .*; 10 rows$/,
    );
    expect(plot.all(".mw-spot-point")).toHaveLength(2);
    expect(table.find("tr.mw-spot").dataset.level).toBe("337");
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
    expect(slider.getAttribute("aria-valuenow")).toBe("2");
    expect(table.find("tr.mw-spot").dataset.level).toBe("330");
  });
  test("coefficients are the fixed effect plus the mode", async () => {
    const shown = await show("sleepstudy", { view: "caterpillar" });
    button(shown, "Coefficients").click();
    shown.find("[role=slider]").dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }));
    expect(shown.find("[role=slider]").getAttribute("aria-valuetext")).toContain("(Intercept) 286.3");
  });
  test("zooms by key and moves the window with the level", async () => {
    const shown = await show("levels3000", { view: "caterpillar" });
    const slider = shown.find("[role=slider]");
    for (let i = 0; i < 6; i++) slider.dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
    const visible = shown.find(".mw-interval").getAttribute("d")!.split("M").length;
    expect(visible).toBeLessThan(60);
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }));
    expect(shown.all(".mw-spot-point")).toHaveLength(2);
  });
});

describe("picker", () => {
  test("a click on || sends the choice and shows it at once", async () => {
    const shown = await show("sleepstudy");
    const diagonal = shown.all<HTMLInputElement>("[data-factor=Subject] input")[1]!;
    diagonal.click();
    expect(shown.model.sent).toHaveLength(1);
    expect(shown.model.sent[0]).toMatchObject({
      number: 5,
      action: "choose",
      choice: { groups: [{ group: "Subject", form: "diagonal", slopes: ["Days"] }] },
    });
    expect(diagonal.checked).toBe(true);
  });
  test("goes back to what is fitted when the fit fails", async () => {
    const shown = await show("sleepstudy");
    shown.all<HTMLInputElement>("[data-factor=Subject] input")[2]!.click();
    shown.model.update(status("error", 5, "no such fit", "undo"));
    await Promise.resolve();
    expect(shown.all<HTMLInputElement>("[data-factor=Subject] input")[0]!.checked).toBe(true);
    expect(shown.find("[role=alert]").textContent).toBe("no such fitundo");
  });
  test("greys what the data do not allow and says why", async () => {
    const shown = await show("penicillin");
    const pair = shown.find("[data-pair]");
    const inputs = [...pair.querySelectorAll("input")];
    expect(inputs.map((input) => input.disabled)).toEqual([false, true, true, true]);
    expect(pair.textContent).toContain("has a level for each row");
  });
  test("a factor that comes in gets a card, and the focus stays", async () => {
    const shown = await show("pastes");
    expect(shown.all("[data-factor]").map((card) => card.dataset.factor)).toEqual(["batch", "cask:batch", "cask"]);
    const crossed = shown.find<HTMLInputElement>("[data-pair] input");
    crossed.focus();
    crossed.click();
    const choice = (shown.model.sent[0] as { choice: Choice }).choice;
    shown.model.update({ ladder: { ...(shown.model.get("ladder") as LadderView), choice }, ...status("idle", 1) });
    await Promise.resolve();
    expect(shown.all("[data-factor]").map((card) => card.dataset.factor)).toEqual(["cask", "batch", "cask:batch"]);
    expect((document.activeElement as HTMLElement).dataset.control).toBe("cask batch crossed");
  });
  test("implicit nesting is told", async () => {
    expect((await show("pastes")).find("[data-pair]").textContent).toContain("implicitly nested");
  });
});

describe("ladder", () => {
  test("keeps each bar term of a formula in one piece", async () => {
    const shown = await show("penicillin");
    const code = shown.find(".mw-rung code");
    expect(code.textContent).toBe("diameter ~ 1 + (1 | plate) + (1 | sample)");
    expect([...code.querySelectorAll("span")].map((term) => term.textContent)).toEqual(["(1 | plate)", "(1 | sample)"]);
  });
  test("shows models from many parameters to few with their tests", async () => {
    const shown = await show("sleepstudy");
    const rows = rowsOf(shown.find(".mw-ladder table")).slice(1);
    expect(rows.map((row) => row[2])).toEqual(["6", "5", "4"]);
    expect(rows[1]!.at(-1)).toContain("\u03c7\u00b2(1) 42.80, p < 0.0001");
    expect(shown.find("[aria-current]").textContent).toContain("(Days | Subject)");
    expect(shown.all(".mw-pattern")[1]!.getAttribute("aria-label")).toContain("correlations fixed at zero");
  });
  test("criteria that do not compare with the model shown say so", async () => {
    const shown = await show("sleepstudy");
    const ladder = shown.model.get("ladder") as LadderView;
    shown.model.update({
      ladder: { ...ladder, rungs: ladder.rungs.map((rung, i) => ({ ...rung, compares: i === 0 })) },
    });
    await Promise.resolve();
    const rows = rowsOf(shown.find(".mw-ladder table")).slice(1);
    expect(rows.map((row) => row.slice(3, 6).filter((text) => text.includes("ML needed")).length)).toEqual([0, 3, 3]);
  });
  test("a click goes back, undo and redo obey their state", async () => {
    const shown = await show("sleepstudy");
    shown.find("[data-key='2']").click();
    button(shown, "Undo").click();
    button(shown, "Redo").click();
    expect(shown.model.sent.map((command) => [command.number, command.action, command.key])).toEqual([
      [5, "goto", 2],
      [6, "redo", undefined],
    ]);
  });
});

describe("states", () => {
  test("busy only after 150 ms, with cancel", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval", "performance"] });
    const shown = await show("sleepstudy");
    shown.model.update(status("busy", 5));
    await Promise.resolve();
    vi.advanceTimersByTime(140);
    expect(shown.find(".mw-status").dataset.state).toBe("idle");
    vi.advanceTimersByTime(500);
    expect(shown.find(".mw-status").dataset.state).toBe("busy");
    expect(shown.find(".mw-clock").textContent).toMatch(/^0\.[56] s$/);
    button(shown, "Cancel").click();
    expect(shown.model.sent.at(-1)).toMatchObject({ action: "cancel" });
    shown.model.update(status("cancelled", 6, "Cancelled.", "still there"));
    await Promise.resolve();
    expect(shown.find(".mw").hasAttribute("aria-busy")).toBe(false);
    expect(shown.find(".mw-status-live").textContent).toBe("Cancelled.still there");
  });
  test("without an answer for two seconds there is no kernel", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const shown = await show("sleepstudy");
    shown.find("[data-key='1']").click();
    vi.advanceTimersByTime(1900);
    expect(shown.find(".mw-status").dataset.state).toBe("idle");
    vi.advanceTimersByTime(200);
    expect(shown.find("[role=alert]").textContent).toContain("No kernel: last saved result shown.");
    shown.model.update(status("idle", 5));
    await Promise.resolve();
    expect(shown.find(".mw-status").dataset.state).toBe("idle");
  });
  test("traits that come one by one, as in marimo, end in the same picture", async () => {
    const shown = await show("sleepstudy");
    const other = await show("pastes");
    for (const trait of ["fit_view", "structure", "ladder", "levels"])
      shown.model.update({ [trait]: other.model.get(trait) });
    await Promise.resolve();
    expect(shown.find(".mw-formula").textContent).toBe("strength ~ 1 + (1 | batch/cask)");
    expect(rowsOf(shown.find(".mw-varcorr table"))).toEqual(rowsOf(other.find(".mw-varcorr table")));
  });
  test("Ctrl+Z undoes, but not while a name is typed", async () => {
    const shown = await show("sleepstudy");
    const press = (target: Element): boolean =>
      target.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true, cancelable: true }));
    press(shown.find("input[type=search]"));
    expect(shown.model.sent).toHaveLength(0);
    press(shown.find("[data-sort]"));
    expect(shown.model.sent[0]).toMatchObject({ action: "undo" });
  });
  test("what goes on comes off", async () => {
    const shown = await show("sleepstudy");
    expect(shown.model.listening()).toBeGreaterThan(0);
    shown.stop();
    expect(shown.model.listening()).toBe(0);
    expect(shown.el.children).toHaveLength(0);
    shown.stop();
  });
  test("a theme of its own wins over the page's", async () => {
    const shown = await show("sleepstudy", { theme: "dark" });
    expect(shown.find(".mw").dataset.mwTheme).toBe("dark");
    shown.model.update({ theme: "light" });
    expect(shown.find(".mw").dataset.mwTheme).toBe("light");
  });
});
