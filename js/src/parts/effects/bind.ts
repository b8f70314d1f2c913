/** The effect of one variable, of all rows together: its picture, and the means of a factor in numbers. */
import { scroller, select } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { EffectsView } from "../../types.ts";
import { asked } from "../asked/bind.ts";
import { drawEffect, drawMeans } from "./draw.ts";

const FIRST_WIDTH = 600;
const MAX_WIDTH = 760;
const HEIGHTS = { roomy: 240, compact: 168 };

export function effects(context: Context): Part {
  const bar = h("div.mw-controls");
  const picture = h("div.mw-effect-plot");
  const means = scroller("Means", "mw-scroll");
  const note = h("p.mw-note", { role: "status" });
  const el = h("div.mw-effects", {}, bar, picture, means, note);
  let chosen: Record<string, string> = {};
  let view: EffectsView | null = null;
  let said = "";

  const choose = (change: Record<string, string>): void => {
    chosen = Object.fromEntries(Object.entries({ ...chosen, ...change }).filter(([, value]) => value));
    asking.update();
  };
  const controls = ({ variables, of, by }: EffectsView): HTMLElement[] => {
    const named = (name: string) => ({ value: name, label: name });
    const others = variables.filter((name) => name !== of).map(named);
    return [
      select("Effect of", "effect-of", variables.map(named), of, (name) =>
        choose({ of: name, by: by === name ? "" : by }),
      ),
      ...(others.length
        ? [
            select("by", "effect-by", [{ value: "", label: "\u2013" }, ...others], by, (name) =>
              choose({ of, by: name }),
            ),
          ]
        : []),
    ];
  };
  /** How the intervals of the table above are made. */
  const methodSelect = (): HTMLElement[] => {
    const { tests } = context;
    if (!tests || tests.methods.length < 2) return [];
    const options = tests.methods.map(({ value, label }) => ({ value, label }));
    return [select("Intervals above", "method", options, tests.method, (method) => context.ask("tests", { method }))];
  };
  const redraw = (): void => {
    const width = Math.min(MAX_WIDTH, picture.clientWidth || FIRST_WIDTH);
    const height = context.room.isCompact ? HEIGHTS.compact : HEIGHTS.roomy;
    const hasPicture = view !== null && view.series.length > 0;
    keepFocus(bar, "control", () => bar.replaceChildren(...methodSelect(), ...(hasPicture ? controls(view!) : [])));
    picture.replaceChildren(...(hasPicture ? [drawEffect(view!, { width, height })] : []));
    const numbers = hasPicture && !context.room.isCompact ? drawMeans(view!) : null;
    means.replaceChildren(...(numbers ? [numbers] : []));
    means.hidden = !numbers;
    note.textContent = said || (view?.notes.join(" ") ?? "");
  };
  const draw = (next: EffectsView): void => {
    view = next;
    redraw();
  };
  const say = (message: string): void => {
    said = message;
    redraw();
  };
  const asking = asked<EffectsView>(context, "effects", el, () => chosen, draw, say);
  const resized = new ResizeObserver(redraw);
  resized.observe(picture);
  for (const topic of ["room", "tests"] as const) context.on(topic, redraw);
  return { el, shown: asking.update, stop: () => resized.disconnect() };
}
