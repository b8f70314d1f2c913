/** Numbers as text: significant digits, common decimals for a column, p values. */

const MINUS = "\u2212";

const withMinus = (text: string): string => text.replace(/^-/, MINUS);

/** `digits` significant digits without exponents where that is readable. */
export function signif(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return withMinus(`${value < 0 ? "-" : ""}\u221e`);
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -5 || size > 8) return withMinus(value.toExponential(digits - 1));
  return withMinus(value.toFixed(Math.max(0, digits - 1 - size)));
}

/** One formatter for a column: as many decimals as give the largest value `digits` significant digits. */
export function columnFormat(values: Iterable<number>, digits = 5): (value: number) => string {
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const size = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  if (size > 8 || size < -5) return (value) => signif(value, digits);
  const decimals = Math.max(0, Math.min(10, digits - 1 - size));
  return (value) => {
    if (!Number.isFinite(value)) return signif(value);
    const lost = value !== 0 && Math.abs(value) < 10 ** -decimals;
    return lost ? signif(value, 2) : withMinus(value.toFixed(decimals));
  };
}

export const fixed = (value: number, decimals: number): string =>
  Number.isFinite(value) ? withMinus(value.toFixed(decimals)) : signif(value);

/** A p value as R prints it in a table. */
export function pValue(p: number): string {
  if (Number.isNaN(p)) return "";
  if (p < 0.0001) return "< 0.0001";
  return p.toFixed(p < 0.1 ? 4 : 3);
}

/** One decimal where a whole number would hide that something, or not all, is there. */
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 || (share >= 0.995 && share < 0.9995) ? 1 : 0)}%`;

/** A count with its thousands apart. */
export const count = (value: number): string => value.toLocaleString("en-US");
