/** The elements of the caterpillar plot that stay while the plot is drawn anew. */
import { group } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";

export interface Frame {
  el: HTMLElement;
  bar: HTMLElement;
  /** Holds group and order. */
  choices: HTMLElement;
  /** Has the focus and the pointer. */
  slider: HTMLElement;
  /** Holds the drawing. */
  plot: HTMLElement;
  readout: HTMLElement;
  note: HTMLElement;
}

/** Puts the plot between its controls and its words, beside the strip for zooming; group and order into a slot. */
export function drawFrame(
  strip: HTMLElement,
  slot: HTMLElement | null,
  saveButtons: (plot: HTMLElement, note: HTMLElement) => HTMLElement,
): Frame {
  const bar = h("div.mw-controls");
  const choices = slot ?? h("div.mw-controls");
  const plot = h("div.mw-plot");
  const slider = h(
    "div.mw-slider",
    {
      role: "slider",
      tabindex: 0,
      "aria-label": "Levels of the caterpillar plot",
      "aria-orientation": "vertical",
    },
    plot,
  );
  const readout = h("div.mw-readout", { "aria-hidden": "true" });
  const note = h("p.mw-note");
  const el = group(
    "div.mw-caterpillar",
    "Caterpillar plot",
    slot ? null : choices,
    bar,
    h("div.mw-plot-row", {}, slider, strip),
    h("div.mw-row", {}, readout, saveButtons(plot, note)),
    note,
  );
  return { el, bar, choices, slider, plot, readout, note };
}
