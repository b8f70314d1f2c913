import { describe, expect, test } from "vitest";
import { toCsv, toTsv } from "../src/core/csv.ts";
import { decodeModes, float64 } from "../src/core/decode.ts";
import { columnFormat, percent, pValue, signif, withoutZeros } from "../src/core/format.ts";
import { matching, orderBy, orderByName } from "../src/core/order.ts";
import { dotPath, intervalPath } from "../src/core/path.ts";
import { extent, linear, ticks } from "../src/core/scale.ts";
import type { FitView } from "../src/types.ts";
import { fixture } from "./fake.ts";

describe("scale", () => {
  test("maps a domain to pixels and back", () => {
    const scale = linear([0, 10], [100, 200]);
    expect(scale(2.5)).toBe(125);
    expect(scale.invert(125)).toBe(2.5);
  });
  test("a domain without width stays finite", () => expect(linear([3, 3], [0, 10])(3)).toBe(0));
  test("the extent has a margin and copes with nothing", () => {
    expect(extent(Float64Array.of(0, 1), Float64Array.of(5, 10), 0.1)).toEqual([-1, 11]);
    expect(extent(Float64Array.of(NaN), Float64Array.of(NaN))).toEqual([-1, 1]);
  });
  test.each([
    [[-42, 61], 4, [-40, -20, 0, 20, 40, 60]],
    [[0, 1], 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[0.001, 0.0019], 3, [0.001, 0.0012, 0.0014, 0.0016, 0.0018]],
    [[5, 5], 3, []],
  ] as [[number, number], number, number[]][])("round ticks in %j", (domain, count, expected) => {
    const found = ticks(domain, count);
    expect(found).toHaveLength(expected.length);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });
});

describe("numbers", () => {
  test.each([
    [612.08993, "612.1"],
    [-0.0012345, "\u22120.001234"],
    [0, "0"],
    [NaN, ""],
    [Infinity, "\u221e"],
    [1.5e12, "1.500e+12"],
  ])("%s to four digits", (value, text) => expect(signif(value)).toBe(text));
  test("a column shares its decimals, but small values do not vanish", () => {
    const format = columnFormat([612.0899, 35.0717, 654.941]);
    expect([612.0899, 35.0717, 0.0001].map(format)).toEqual(["612.09", "35.07", "0.00010"]);
  });
  test("p values", () => expect([0.00001, 0.0421, 0.839].map(pValue)).toEqual(["< 0.0001", "0.0421", "0.839"]));
  test("ticks end in no zeros", () =>
    expect(["10.50", "10.00", "0", "100"].map(withoutZeros)).toEqual(["10.5", "10", "0", "100"]));
  test("shares", () => expect([0.723, 0.063].map(percent)).toEqual(["72%", "6.3%"]));
});

describe("orders", () => {
  test("keep ties in the order of the data", () =>
    expect([...orderBy([1, 3, 3, 2], "descending")]).toEqual([1, 2, 3, 0]));
  test("names with numbers sort as people count", () =>
    expect([...orderByName(["g10", "g2", "g1"], "ascending")]).toEqual([2, 1, 0]));
  test("filters ignore case", () =>
    expect([...matching(Uint32Array.of(0, 1, 2), ["Abe", "Bob", "cab"], " AB ")]).toEqual([0, 2]));
});

test("CSV keeps all digits and quotes what must be quoted", () => {
  expect(
    toCsv([
      ["a,b", 'say "x"'],
      [0.1 + 0.2, NaN],
    ]),
  ).toBe('"a,b","say ""x"""\n0.30000000000000004,\n');
  expect(toTsv([["a\tb", 1]])).toBe("a b\t1");
});

test("bytes that are not aligned are copied", () => {
  const shifted = new Uint8Array(17);
  shifted.set(new Uint8Array(Float64Array.of(1.5, -2).buffer), 1);
  expect([...float64(new DataView(shifted.buffer, 1))]).toEqual([1.5, -2]);
});

test("paths hold many marks", () => {
  const marks = { low: [1.26, 2], high: [5, 6], x: [3, 4], y: [10, 20] };
  expect(intervalPath(marks)).toBe("M1.3 10H5M2 20H6");
  expect(dotPath(marks)).toBe("M3 10h.01M4 20h.01");
});

test("modes come with the intervals and the ranks that Python found", () => {
  const fit = fixture("sleepstudy").fit_view as FitView;
  const modes = decodeModes(fit.modes[0]!, (fixture("sleepstudy").levels as Record<string, string[]>).Subject!);
  const [column] = modes.columns;
  expect(column!.intervals).toHaveLength(fit.intervals.length);
  expect(modes.levels[column!.order[0]!]).toBe("337");
  expect(new Set(column!.order).size).toBe(modes.levels.length);
  const { low, high } = column!.intervals.at(-1)!;
  column!.mode.forEach((mode, i) => {
    expect(low[i]! + high[i]!).toBeCloseTo(2 * mode, 9);
    expect(column!.coef[i]).toBeCloseTo(mode + column!.fixed, 9);
  });
});
