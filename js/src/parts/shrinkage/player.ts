/** Moves the slider from complete pooling to none by itself, rests at the estimate, and comes home. */

const STEP_MS = 90;
/** Where nothing should move, stops are shown one by one, and fewer. */
const STILL_MS = 900;
const STILL_STEP = 5;
/** How many steps the way rests at the estimate and at its end. */
const REST = { middle: 9, end: 12 };

export interface Player {
  isPlaying: () => boolean;
  /** Starts from a stop, or from the beginning where that is the estimate or the end. */
  start: (from: number, middle: number, last: number) => void;
  stop: () => void;
}

export const wantsStill = (): boolean => globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

/** `move` hears of each stop, `home` that the way is over. */
export function player(move: (stop: number) => void, home: () => void): Player {
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const start = (from: number, middle: number, last: number): void => {
    stop();
    const isStill = wantsStill();
    let [at, rest] = [from === middle || from >= last ? -1 : from, 0];
    const step = (): void => {
      if (rest > 0) {
        rest -= 1;
        return;
      }
      if (at >= last) {
        stop();
        home();
        return;
      }
      at = isStill ? nextStill(at, middle, last) : at + 1;
      rest = restAt(at, middle, last, isStill);
      move(at);
    };
    timer = setInterval(step, isStill ? STILL_MS : STEP_MS);
  };
  return { isPlaying: () => timer !== undefined, start, stop };
}

/** Every fifth stop, the estimate and the end among them. */
function nextStill(at: number, middle: number, last: number): number {
  const next = at < 0 ? 0 : at + STILL_STEP;
  return at < middle && next > middle ? middle : Math.min(next, last);
}

function restAt(at: number, middle: number, last: number, isStill: boolean): number {
  if (isStill) return 0;
  if (at === middle) return REST.middle;
  return at === last ? REST.end : 0;
}
