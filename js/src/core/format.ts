/** Numbers as text: significant digits, common decimals for a column, p values. */

const MINUS = "\u2212";
const INFINITE = "\u221e";
/** Powers of ten beyond which a number is written with an exponent. */
const SMALLEST_POWER = -5;
const LARGEST_POWER = 8;
const MAX_DECIMALS = 10;

const withMinus = (text: string): string => text.replace(/^-/, MINUS);

const powerOfTen = (value: number): number => Math.floor(Math.log10(Math.abs(value)));

const needsExponent = (power: number): boolean => power < SMALLEST_POWER || power > LARGEST_POWER;

/** `digits` significant digits without exponents where that is readable. */
export function signif(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return withMinus(`${value < 0 ? "-" : ""}${INFINITE}`);
  if (value === 0) return "0";
  const power = powerOfTen(value);
  if (needsExponent(power)) return withMinus(value.toExponential(digits - 1));
  return withMinus(value.toFixed(Math.max(0, digits - 1 - power)));
}

/** What Python has no number for is null, and shown as nothing. */
const orNothing =
  (format: (value: number) => string) =>
  (value: number | null): string =>
    value === null ? "" : format(value);

/** One formatter for a column: as many decimals as give the largest value `digits` significant digits. */
export function columnFormat(values: Iterable<number | null>, digits = 5): (value: number | null) => string {
  let largest = 0;
  for (const value of values)
    if (value !== null && Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const power = largest > 0 ? powerOfTen(largest) : 0;
  if (needsExponent(power)) return orNothing((value) => signif(value, digits));
  const decimals = Math.max(0, Math.min(MAX_DECIMALS, digits - 1 - power));
  return orNothing((value) => {
    if (!Number.isFinite(value)) return signif(value);
    const isLost = value !== 0 && Math.abs(value) < 10 ** -decimals;
    return isLost ? signif(value, 2) : withMinus(value.toFixed(decimals));
  });
}

export const fixed = (value: number | null, decimals: number): string =>
  orNothing((known) => (Number.isFinite(known) ? withMinus(known.toFixed(decimals)) : signif(known)))(value);

/** A p value as R prints it in a table. */
export function pValue(p: number | null): string {
  if (p === null || Number.isNaN(p)) return "";
  if (p < 0.0001) return "< 0.0001";
  return p.toFixed(p < 0.1 ? 4 : 3);
}

/** One decimal where a whole number would hide that something, or not all, is there. */
export function percent(share: number): string {
  const isNearAnEnd = share < 0.0995 || (share >= 0.995 && share < 0.9995);
  return `${(100 * share).toFixed(isNearAnEnd ? 1 : 0)}%`;
}

/** A count with its thousands apart. */
export const count = (value: number): string => value.toLocaleString("en-US");

/** A number without the zeros at its end. */
export const withoutZeros = (text: string): string => text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** A value at an axis that spans a domain: what rounding leaves of zero is zero. */
export function tickText(value: number, [low, high]: [number, number]): string {
  return Math.abs(value) < (high - low) * 1e-9 ? "0" : withoutZeros(signif(value, 6));
}

/** A long name without its middle: names that begin alike differ at their ends. */
export function shortened(name: string, length: number): string {
  if (name.length <= length) return name;
  const head = Math.ceil((length - 1) / 2);
  return `${name.slice(0, head)}\u2026${name.slice(name.length - (length - 1 - head))}`;
}

export const AIC = "Akaike's information criterion";
export const BIC = "Bayesian information criterion";
