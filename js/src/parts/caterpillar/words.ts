/** The words of the plot: the titles of its axes, and how it is to be read. */
import type { Modes } from "../../core/decode.ts";
import type { Kind } from "../../host/context.ts";

/** A panel that is narrower than this has no room for R's word. */
const WIDE_PANEL = 260;

export const QUANTILES = "standard normal quantile";

/** The title of the axis below a panel, R's word in brackets where there is room. */
export function axisTitle(kind: Kind, width: number, unit: string): string {
  const [title, inR] =
    kind === "coef" ? ["average + deviation", "coef"] : ["deviation from the average", "conditional mode"];
  return width < WIDE_PANEL ? unit || title! : `${title}${unit && `, ${unit}`} (${inR})`;
}

/** How the plot is to be read; ridges of thousands of levels are drawn when there is room for them. */
export function plotNote(modes: Modes, kind: Kind, level: string, isDense: boolean): string {
  const marks = isDense ? "Darker lines" : "Filled points and thick lines";
  const text = modes.words[kind].replace("{level}", level).replace("{marks}", marks);
  return kind === "ridges" && isDense ? `Zoom in for ridges. ${text}` : text;
}
