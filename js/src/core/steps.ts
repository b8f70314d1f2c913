/** The keys that move from level to level. */

/** A page is a tenth of the window. */
const PAGES = 10;

export const within = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The rank after a key, from the rank that is lit or -1; undefined if the key means nothing. */
export function steppedRank(
  now: number,
  window: [number, number] | null,
  length: number,
  key: string,
): number | undefined {
  const [start, end] = window ?? [0, length];
  const from = now < 0 ? start - 1 : now;
  const page = Math.max(1, Math.round((end - start) / PAGES));
  const steps: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowRight: from + 1,
    ArrowUp: from - 1,
    ArrowLeft: from - 1,
    Home: 0,
    End: length - 1,
    PageDown: from + page,
    PageUp: from - page,
  };
  const next = steps[key];
  return next === undefined ? undefined : within(next, 0, length - 1);
}
