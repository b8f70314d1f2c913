import { afterEach, describe, expect, test } from "vitest";
import { followRoom, type Room } from "../src/host/room.ts";
import { show, sized } from "./fake.ts";

afterEach(() => document.body.replaceChildren());

/** An element of a size, in a box that shows so much of what it holds. */
function stage(width: number, visible: number, content: number, style: string): HTMLElement {
  const around = document.createElement("div");
  const root = document.createElement("div");
  around.style.cssText = style;
  around.append(root);
  document.body.append(around);
  sized(root, { clientWidth: width });
  sized(around, { clientHeight: visible, scrollHeight: content });
  return root;
}

const SCROLLS = "overflow-y: auto; max-height: none";

describe("the room of a widget", () => {
  test.each([
    ["a projector", 671, 359, 2000, SCROLLS, { size: "mid", isCompact: true }, "351px"],
    ["too narrow for two panes", 540, 359, 2000, SCROLLS, { size: "narrow", isCompact: false }, ""],
    ["between narrow and mid", 600, 359, 2000, SCROLLS, { size: "mid", isCompact: true }, "351px"],
    ["a laptop", 800, 700, 2000, SCROLLS, { size: "mid", isCompact: false }, ""],
    ["a large screen", 1300, 900, 2000, SCROLLS, { size: "wide", isCompact: false }, ""],
    ["wide and low", 1300, 400, 2000, SCROLLS, { size: "wide", isCompact: true }, "392px"],
    ["a frame that grows with its content", 671, 359, 370, SCROLLS, { size: "mid", isCompact: false }, ""],
    ["a box that shows all", 671, 359, 2000, "", { size: "mid", isCompact: false }, ""],
    [
      "an output with a bound of its own",
      671,
      300,
      2000,
      "overflow-y: auto; max-height: 300px",
      { size: "mid", isCompact: false },
      "",
    ],
  ])("%s", (_, width, visible, content, style, expected, height) => {
    const root = stage(width, visible, content, style);
    const rooms: Room[] = [];
    const room = followRoom(root, true, (now) => rooms.push(now));
    room.measure();
    room.measure();
    expect(rooms).toEqual([expected]);
    expect(root.style.height).toBe(height);
    room.stop();
  });
  test("a picker alone is never compact", () => {
    const root = stage(671, 359, 2000, SCROLLS);
    const room = followRoom(root, false, () => undefined);
    room.measure();
    expect(root.hasAttribute("data-compact")).toBe(false);
    room.stop();
  });
});

describe("with little room", () => {
  test("the grouping factor comes first and says what was estimated", async () => {
    const shown = await show("sleepstudy");
    const cards = (): string[] => shown.all(".mw-card").map((card) => card.firstElementChild!.textContent!);
    expect(cards()[0]).toBe("Fixed effects");
    shown.resize(671, 359);
    expect(cards()[0]).toContain("Subject");
    expect(shown.find("[data-says=Subject]").textContent).toBe("SD 24.7, 5.92; corr. 0.07; residual 25.6");
  });
  test("the fixed effects keep estimate, interval, t and p", async () => {
    const shown = await show("sleepstudy");
    shown.resize(671, 359);
    const head = [...shown.find(".mw-fixed thead tr").children].map((cell) => cell.textContent);
    expect(head).toEqual(["Term", "Estimate", "95% interval", "t value", "p"]);
  });
  test("on a phone all but the first factor is folded away", async () => {
    const shown = await show("pastes");
    shown.resize(400, 800);
    expect(shown.find(".mw-picker").children).toHaveLength(2);
    expect(shown.find(".mw-picker > details > summary").textContent).toBe("Fixed effects and more");
  });
});
