/** Linear scales and round tick values. */

/** A round value that misses an end of the domain by rounding alone belongs to it; in steps. */
const SLACK = 1e-9;

export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
  domain: [number, number];
}

export function linear(domain: [number, number], range: [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const factor = (range[1] - range[0]) / span;
  const scale = (value: number): number => range[0] + (value - domain[0]) * factor;
  return Object.assign(scale, {
    invert: (pixel: number): number => domain[0] + (pixel - range[0]) / factor,
    domain,
  });
}

/** The smallest and the largest finite value with a margin; [-1, 1] if there is none. */
export function extent(lows: Float64Array, highs: Float64Array, margin = 0.04): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < lows.length; i++) {
    if (lows[i]! < low) low = lows[i]!;
    if (highs[i]! > high) high = highs[i]!;
  }
  if (!(Number.isFinite(low) && Number.isFinite(high))) return [-1, 1];
  if (low === high) return [low - 1, high + 1];
  const pad = (high - low) * margin;
  return [low - pad, high + pad];
}

/** Round values (1, 2 or 5 times a power of ten) inside the domain, about `count` of them. */
export function ticks([low, high]: [number, number], count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0 && Number.isFinite(rough))) return [];
  const step = roundStep(rough);
  const first = Math.ceil(low / step - SLACK);
  const last = Math.floor(high / step + SLACK);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** The nearest of 1, 2, 5 and 10 times a power of ten, by ratio. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const excess = rough / power;
  if (excess >= Math.sqrt(50)) return 10 * power;
  if (excess >= Math.sqrt(10)) return 5 * power;
  return excess >= Math.SQRT2 ? 2 * power : power;
}
