/** The elements of the picture that stay while it is drawn anew. */
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import { fileName, type Lettering, savePng, saveSvg } from "../../dom/export.ts";

export interface Frame {
  el: HTMLElement;
  bar: HTMLElement;
  /** Holds what chooses levels. */
  choices: HTMLElement;
  /** Has the focus and the pointer, and holds the drawing. */
  picture: HTMLElement;
  row: HTMLElement;
  readout: HTMLElement;
  pager: HTMLElement;
  note: HTMLElement;
}

export function drawFrame(slot: HTMLElement | null, lettering: () => Lettering): Frame {
  const bar = h("div.mw-controls");
  const choices = slot ?? h("div.mw-controls");
  const picture = h("div.mw-lines-picture", {
    role: "slider",
    tabindex: 0,
    "aria-label": "Data and lines of each level",
    "aria-valuemin": 1,
    "aria-valuemax": 1,
    "aria-valuenow": 1,
  });
  const readout = h("div.mw-readout", { "aria-hidden": "true" });
  const pager = h("span.mw-pager");
  const note = h("p.mw-note", { role: "status" });
  const row = h("div.mw-row", {}, readout, pager, saveButtons(picture, lettering));
  const el = h("div.mw-lines", {}, slot ? null : choices, bar, picture, row, note);
  return { el, bar, choices, picture, row, readout, pager, note };
}

function saveButtons(picture: HTMLElement, lettering: () => Lettering): HTMLElement {
  const svg = (): SVGSVGElement | null => picture.querySelector("svg");
  const saver = (
    format: string,
    save: (svg: SVGSVGElement, name: string, words: Lettering) => unknown,
  ): HTMLElement => {
    const act = (): void => {
      const drawn = svg();
      if (drawn) void save(drawn, fileName("lines"), lettering());
    };
    return button(format, act, { "aria-label": `Save the lines as ${format}` });
  };
  return h("span.mw-group", {}, saver("SVG", saveSvg), saver("PNG", savePng));
}
