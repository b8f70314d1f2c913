/** The confidence levels that a fit offers: all pictures and tables of a widget show the same one. */
import { toggles } from "../dom/controls.ts";
import type { Context } from "../host/context.ts";

export function intervalToggles(context: Context): HTMLElement {
  const options = (context.fit?.intervals ?? []).map((level, i) => ({
    value: String(i),
    label: `${level}%`,
    title: `${level}% intervals`,
  }));
  const chosen = (interval: string): void => context.setUi({ interval: Number(interval) });
  return toggles("Interval", "interval", options, String(context.ui.interval), chosen);
}
