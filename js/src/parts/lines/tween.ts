/** Lines glide from where they are to where they belong. */
import type { LinesView } from "../../types.ts";
import type { Moving } from "../line_drawing/data.ts";

const MILLISECONDS = 380;

/** Whether somebody asked their machine to keep pictures still. */
const isStill = (): boolean => window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;

/** Moves from one place to another; the function that it returns ends it where it belongs. */
export function glide(from: Moving, to: Moving, draw: (now: Moving) => void): () => void {
  if (isStill() || from.model.length !== to.model.length || from.average.length !== to.average.length) {
    draw(to);
    return () => undefined;
  }
  const start = performance.now();
  let frame = 0;
  const step = (time: number): void => {
    const share = Math.min(1, Math.max(0, (time - start) / MILLISECONDS));
    if (share < 1) {
      draw(between(from, to, share * share * (3 - 2 * share)));
      frame = requestAnimationFrame(step);
    } else draw(to);
  };
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}

const between = (from: Moving, to: Moving, share: number): Moving => ({
  model: mixed(from.model, to.model, share),
  average: mixed(from.average, to.average, share),
});

const mixed = (from: Float32Array, to: Float32Array, share: number): Float32Array =>
  from.map((value, i) => value + (to[i]! - value) * share);

/** Whether two fits have the same lines, so that these can glide. */
export function isAlike(a: LinesView, b: LinesView): boolean {
  const same = (pick: (view: LinesView) => unknown): boolean => pick(a) === pick(b);
  return (
    same((view) => view.group) && same((view) => view.x) && same((view) => view.colour) && same((view) => view.n_levels)
  );
}
