/** The elements of the picture of shrinkage, which stay while what is in them is drawn anew. */
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import type { Size } from "../axes/draw.ts";
import type { Shrinkage, Stand } from "./data.ts";
import { drawPlane } from "./plane.ts";
import { drawRows } from "./rows.ts";

/** A picture, with what finds and lights a level in it. */
export interface Drawing {
  svg: SVGSVGElement;
  overlay: SVGElement;
  /** The level at a place, -1 for none. */
  nearest: (x: number, y: number) => number;
  /** What lights a level; -1 for none. */
  spot: (level: number) => SVGElement[];
}

export interface Frame {
  el: HTMLElement;
  /** Group and effects, where there is a choice. */
  choices: HTMLElement;
  /** The picture, and what stands beside it where there is room. */
  pair: HTMLElement;
  /** Has the focus and the pointer. */
  picture: HTMLElement;
  curve: HTMLElement;
  slider: HTMLInputElement;
  ends: HTMLElement;
  play: HTMLButtonElement;
  back: HTMLButtonElement;
  readout: HTMLElement;
  note: HTMLElement;
}

const PICTURE = "Levels from their own estimates to those of the model; arrow keys move between levels";

export function drawFrame(slot: HTMLElement | null, beside: HTMLElement, play: () => void, back: () => void): Frame {
  const choices = slot ?? h("div.mw-controls");
  const picture = h("div.mw-shrink-picture", { tabindex: 0, role: "group", "aria-label": PICTURE });
  const pair = h("div.mw-shrink-pair", {}, picture, beside);
  const curve = h("div");
  const slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "Pooling, from complete to none" });
  const ends = h("div.mw-shrink-ends");
  const playButton = button("\u25b6 Play", play, { class: "mw-button mw-play" });
  const backButton = button("Back to the estimate", back, { class: "mw-button mw-primary" });
  const readout = h("p.mw-readout mw-shrink-says", { role: "status" });
  const note = h("p.mw-note");
  const strip = h("div.mw-shrink-strip", {}, curve, h("div.mw-shrink-slide", {}, slider), ends);
  const line = h("div.mw-shrink-line", {}, playButton, readout, backButton);
  const below = h("div.mw-shrink-below", {}, strip, line);
  const el = h("div.mw-shrinkage", {}, slot ? null : choices, pair, below, note);
  return { el, choices, pair, picture, curve, slider, ends, play: playButton, back: backButton, readout, note };
}

/** The levels in the plane of two effects, or as rows along one. */
export function drawPicture(data: Shrinkage, now: Stand, size: Size, isLast: boolean): Drawing {
  return data.d === 2 ? drawPlane(data, now, size, isLast) : drawRows(data, now, size, isLast);
}
