/** The zoom window and the keys that move it. */
import { describe, expect, test } from "vitest";
import { steppedRank } from "../src/core/steps.ts";
import { including, moved, zoomed } from "../src/parts/caterpillar/window.ts";

describe("zoom", () => {
  test("in halves the window about its middle, out doubles it", () => {
    expect(zoomed(null, 1000, "+")).toEqual([250, 750]);
    expect(zoomed([250, 750], 1000, "+")).toEqual([375, 625]);
    expect(zoomed([0, 100], 1000, "-")).toEqual([0, 200]);
    expect(zoomed([900, 1000], 1000, "-")).toEqual([800, 1000]);
  });
  test("ends at ten levels and at all", () => {
    expect(zoomed([100, 112], 1000, "+")).toEqual([101, 111]);
    expect(zoomed([0, 600], 1000, "-")).toBeNull();
    expect(zoomed([5, 50], 1000, "0")).toBeNull();
  });
});

describe("keys", () => {
  test.each([
    ["ArrowDown", 4, 5],
    ["ArrowUp", 4, 3],
    ["ArrowUp", 0, 0],
    ["End", 4, 99],
    ["PageDown", 4, 14],
    ["PageUp", 4, 0],
    ["ArrowDown", -1, 0],
    ["x", 4, undefined],
  ])("%s from %d", (key, from, to) => expect(steppedRank(from, null, 100, key)).toBe(to));
  test("the first one begins in the window", () => expect(steppedRank(-1, [40, 60], 100, "ArrowDown")).toBe(40));
  test("a rank outside takes the window along", () => {
    expect(including([40, 60], 100, 50)).toEqual([40, 60]);
    expect(including([40, 60], 100, 60)).toEqual([41, 61]);
    expect(including([40, 60], 100, 3)).toEqual([3, 23]);
    expect(including(null, 100, 3)).toBeNull();
  });
  test("a window stops at both ends", () => {
    expect(moved([40, 60], 100, 90)).toEqual([80, 100]);
    expect(moved([40, 60], 100, -90)).toEqual([0, 20]);
  });
});
