/** The zoom window over the levels, and the keys that move it and the level that is lit. */
import { within } from "../../core/steps.ts";
import type { Ui } from "../../host/context.ts";

type Window = Ui["window"];

/** The closest zoom shows this many levels. */
export const MIN_ROWS = 10;

export const ZOOM_KEYS = ["+", "-", "0"] as const;
export type ZoomKey = (typeof ZOOM_KEYS)[number];

export const isZoomKey = (key: string): key is ZoomKey => ZOOM_KEYS.some((known) => known === key);

/** The window after a key: half as many levels, twice as many, all. */
export function zoomed(window: Window, length: number, key: ZoomKey): Window {
  if (key === "0") return null;
  const [start, end] = window ?? [0, length];
  const wanted = Math.round((end - start) * (key === "+" ? 0.5 : 2));
  const size = Math.max(MIN_ROWS, Math.min(length, wanted));
  if (size >= length) return null;
  const first = within(Math.round((start + end - size) / 2), 0, length - size);
  return [first, first + size];
}

/** The window moved just so far that a rank lies in it. */
export function including(window: Window, length: number, rank: number): Window {
  if (!window || (rank >= window[0] && rank < window[1])) return window;
  const size = window[1] - window[0];
  const first = within(rank < window[0] ? rank : rank - size + 1, 0, length - size);
  return [first, first + size];
}

/** The window moved by some ranks, as far as there are levels. */
export function moved([start, end]: [number, number], length: number, by: number): [number, number] {
  const size = end - start;
  const first = within(start + by, 0, length - size);
  return [first, first + size];
}
