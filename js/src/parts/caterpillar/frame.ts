/** The elements of the caterpillar plot that stay while the plot is drawn anew. */
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
  const bar = h("div", { class: "mw-controls" });
  const choices = slot ?? h("div", { class: "mw-controls" });
  const plot = h("div", { class: "mw-plot" });
  const slider = h(
    "div",
    {
      class: "mw-slider",
      role: "slider",
      tabindex: 0,
      "aria-label": "Levels of the caterpillar plot",
      "aria-orientation": "vertical",
    },
    plot,
  );
  const readout = h("div", { class: "mw-readout", "aria-hidden": "true" });
  const note = h("p", { class: "mw-note" });
  const el = h(
    "div",
    { class: "mw-caterpillar", role: "group", "aria-label": "Caterpillar plot" },
    slot ? null : choices,
    bar,
    h("div", { class: "mw-plot-row" }, slider, strip),
    h("div", { class: "mw-row" }, readout, saveButtons(plot, note)),
    note,
  );
  return { el, bar, choices, slider, plot, readout, note };
}
