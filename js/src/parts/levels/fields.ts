/** The columns of the table of levels: rows, then five of each term, as they came from Python. */
import type { Cell } from "../../core/csv.ts";
import type { Column, Modes } from "../../core/decode.ts";
import { columnFormat } from "../../core/format.ts";

export interface Field {
  label: string;
  /** Its term, "" for the number of rows. */
  term: string;
  values: Float64Array;
  format: (value: number) => string;
}

/** Columns of each term. */
export const PER_TERM = 5;
const DIGITS = 4;

/** The columns with the intervals of one confidence level: its position, and its label in per cent. */
export function fieldsOf(modes: Modes, interval: number, label: string): Field[] {
  const rows: Field = { label: "Rows", term: "", values: modes.size, format: String };
  return [rows, ...modes.columns.flatMap((column) => termFields(column, interval, label))];
}

function termFields({ name, mode, sd, coef, intervals }: Column, interval: number, label: string): Field[] {
  const { low, high } = intervals[interval]!;
  return [
    numbers("Deviation", name, mode),
    numbers("SD", name, sd),
    numbers(`${label}% low`, name, low),
    numbers("high", name, high),
    numbers("Coef.", name, coef),
  ];
}

function numbers(label: string, term: string, values: Float64Array): Field {
  return { label, term, values, format: columnFormat(values, DIGITS) };
}

/** The chosen rows as cells with all digits. */
export function levelRows(modes: Modes, fields: Field[], rows: Uint32Array): Cell[][] {
  const head = fields.map(({ term, label }) => (term ? `${term} ${label}` : label));
  const cells = Array.from(rows, (index): Cell[] => [
    modes.levels[index]!,
    ...fields.map(({ values }) => values[index]!),
  ]);
  return [[modes.group, ...head], ...cells];
}
