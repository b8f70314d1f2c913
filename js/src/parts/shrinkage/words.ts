/** What the picture of shrinkage says of a level, and at the ends of the slider. */
import { count, fixed, signif } from "../../core/format.ts";
import { hasOwn, type Shrinkage, type Stand } from "./data.ts";

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The numbers of a level: its own, and the model's at the stop of the slider. A saved page writes what it holds. */
export function levelWords(data: Shrinkage, now: Stand, level: number): string {
  const { view, names, size } = data;
  const decimals = view.coef.grid?.decimals;
  const written = (value: number, i: number): string => (decimals ? fixed(value, decimals[i]!) : signif(value));
  const values = (all: Float64Array): string =>
    view.effects.map(({ unit }, i) => `${written(all[i * data.n + level]!, i)}${unit ? ` ${unit}` : ""}`).join(", ");
  const rows = `${count(size[level]!)} row${size[level] === 1 ? "" : "s"}`;
  const own = hasOwn(data, level) ? `own rows alone ${values(data.own)}` : "no estimate of its own";
  const model = Number.isFinite(now.coef[level]!) ? values(now.coef) : "no finite value";
  return `${capital(view.level_word)} ${names[level]} (${rows}): ${own}; mixed model ${model}`;
}

/** What stands below the ends of the slider. */
export function endWords({ view }: Shrinkage, width: number, isCompact: boolean): [string, string] {
  if (isCompact) return ["all alike", "each alone"];
  if (width < 520) return ["complete pooling", "no pooling"];
  const { complete, none } = view.words;
  return width < 760 ? [withoutRise(complete), withoutRise(none)] : [complete, none];
}

const withoutRise = (text: string): string => text.replace(/ \(.*\)$/, "");
