/** What is said below the picture: one level in numbers, which levels are shown, how lines are to be read. */
import { count, signif, withoutZeros } from "../../core/format.ts";
import { isFactor, type Lines, linesOf } from "../line_drawing/data.ts";
import type { Sample } from "./sample.ts";

const DIGITS = 3;
const MOST_VALUES = 4;

/** A level with the numbers of its own line and of the mixed model's. */
export function describe(lines: Lines, level: number, isShort: boolean): string {
  const { view } = lines;
  const rows = lines.size[level]!;
  const word = isShort ? "" : `${capital(view.level_word)} `;
  const each = linesOf(lines, level).map((line) => {
    const colour = lines.colour[line]!;
    const head = view.colours.length > 1 && colour >= 0 ? `${view.colours[colour]}: ` : "";
    const [own, model] = [numbersOf(lines, line, "own", isShort), numbersOf(lines, line, "model", isShort)];
    const alone = own ? `${isShort ? "own" : "own data alone"} ${own}` : noLine(rows);
    return `${head}${alone}; ${isShort ? "model" : "mixed model"} ${model || "no line"}`;
  });
  return `${word}${lines.names[level]} (${rowsWord(rows)}): ${each.join(" \u00b7 ")}`;
}

const noLine = (rows: number): string =>
  `${rowsWord(rows)} give${rows === 1 ? "s" : ""} no line of ${rows === 1 ? "its" : "their"} own`;

const rowsWord = (rows: number): string => `${count(rows)} row${rows === 1 ? "" : "s"}`;

/** A name of one letter is no word. */
const capital = (text: string): string => (text.length < 2 ? text : text.charAt(0).toUpperCase() + text.slice(1));

/** The numbers of one line in words; empty where it has none. */
function numbersOf(lines: Lines, line: number, kind: "own" | "model", isShort: boolean): string {
  const unit = isShort ? "" : lines.view.y_unit && ` ${lines.view.y_unit}`;
  if (!lines.numbers) return valuesOf(lines, line, kind, unit);
  const [first, second] = [lines.numbers[kind][2 * line]!, lines.numbers[kind][2 * line + 1]!];
  if (!(Number.isFinite(first) && Number.isFinite(second))) return "";
  const { x, x_unit } = lines.view;
  const { isSlope } = lines.numbers;
  const [low, high] = lines.numbers.places;
  const at = (place: number): string => (isShort && isSlope ? "" : ` at ${x} = ${withoutZeros(signif(place, DIGITS))}`);
  if (!isSlope) return `${signif(first, DIGITS)}${unit}${at(low)}, ${signif(second, DIGITS)}${at(high)}`;
  const per = unit && x_unit ? `${signif(second, DIGITS)}${unit} per ${x_unit}` : `slope ${signif(second, DIGITS)}`;
  return `${signif(first, DIGITS)}${unit}${at(low)}, ${per}`;
}

/** The values at the levels of a factor. */
function valuesOf(lines: Lines, line: number, kind: "own" | "model", unit: string): string {
  const { categories, x } = lines.view;
  const values = [...lines[kind].slice(line * categories.length, (line + 1) * categories.length)];
  const known = values.flatMap((value, i) =>
    Number.isFinite(value) ? [`${signif(value, DIGITS)}${x ? ` (${categories[i]})` : unit}`] : [],
  );
  return known.slice(0, MOST_VALUES).join(", ") + (known.length > MOST_VALUES ? ", \u2026" : "");
}

/** Which levels have a panel; empty where all have one. */
export function sampleWords(
  lines: Lines,
  { levels, first, drawn, found }: Sample,
  order: string,
  turn: number,
): string {
  if (!first) return "";
  const asked = found ? `, \u25cf ${found} asked for` : "";
  const random = drawn ? `, ${drawn} drawn at random (seed ${lines.view.seed}${turn ? `, draw ${turn + 1}` : ""})` : "";
  return (
    `${levels.length} of ${count(lines.view.n_levels)} levels of ${lines.view.group}, ${order}: ` +
    `\u25b2 the first ${first}, \u25bc the last ${first}${random}${asked}.`
  );
}

export function readingNote(lines: Lines, isMultiples: boolean): string {
  const { view } = lines;
  const mark = isFactor(lines) && isMultiples ? "Bars" : "Lines";
  const colours = view.colours.length
    ? `Colours: ${view.colour}. Dashed: own data alone. Firm: the mixed model\u2019s. Dash and dot: all rows together.`
    : "Grey: own data alone. Blue: the mixed model\u2019s. Orange: all rows together.";
  const each = isMultiples ? "picture" : "line";
  return [
    `Each ${each} is one ${view.level_word}. ${mark === "Bars" ? "Bars are means. " : ""}${colours}`,
    ...view.notes,
  ].join(" ");
}
