/** Clicks on the head of the table of levels. */
import { expect, test } from "vitest";
import { BY_NAME, nextSorting, type Sorting, UNSORTED } from "../src/parts/levels/sorting.ts";

function clicks(key: number, times: number): Sorting {
  let sorting = UNSORTED;
  for (let i = 0; i < times; i++) sorting = nextSorting(sorting, key);
  return sorting;
}

test("numbers begin with the largest, names with the first, and the third click goes back to the data", () => {
  expect([1, 2, 3].map((times) => clicks(4, times).direction)).toEqual(["descending", "ascending", "ascending"]);
  expect(clicks(BY_NAME, 1)).toEqual({ key: BY_NAME, direction: "ascending" });
  expect(clicks(BY_NAME, 2)).toEqual({ key: BY_NAME, direction: "descending" });
  expect([clicks(4, 3), clicks(BY_NAME, 3)]).toEqual([UNSORTED, UNSORTED]);
});

test("another column begins anew", () => {
  expect(nextSorting(clicks(4, 2), 5)).toEqual({ key: 5, direction: "descending" });
});
