/** Chips and radio buttons of the picker: made once, then brought up to date with each choice, so the focus stays. */
import { button, setBlocked } from "../../dom/controls.ts";
import { type Child, h } from "../../dom/element.ts";
import type { Choice } from "../../types.ts";

/** An element, and how it shows a choice. */
export interface Control {
  el: HTMLElement;
  update: (choice: Choice) => void;
}

/** How a control stands in a choice; why it cannot be used, "" if it can. */
export interface State {
  isOn: boolean;
  why: string;
  isHidden?: boolean;
}

/** What the controls of a picker do. */
export interface Moves {
  /** Makes a new choice out of the one that stands, and sends it. */
  make: (next: Next) => void;
  /** Says that a page without a kernel does not hold a choice, "" where it can be fitted. */
  lacks: (choice: Choice) => string;
}

export type Next = (choice: Choice) => Choice;

export interface Chip {
  label: string;
  /** For screen readers, where the label alone does not say enough. */
  name?: string;
  next: Next;
  state: (choice: Choice) => State;
}

/** A button that is pressed or not. */
export function chip({ label, name, next, state }: Chip, { make, lacks }: Moves): Control {
  const el = button(label, () => make(next), {
    class: "mw-chip",
    "aria-label": name,
    "data-control": `chip ${name ?? label}`,
  });
  const update = (choice: Choice): void => {
    const { isOn, why, isHidden = false } = state(choice);
    el.setAttribute("aria-pressed", String(isOn));
    setBlocked(el, why !== "");
    const missing = why ? "" : lacks(next(choice));
    el.classList.toggle("mw-lacks", missing !== "");
    el.title = why || missing || (isOn ? "In the model; click to take it out" : "Click to put it into the model");
    el.hidden = isHidden;
  };
  return { el, update };
}

export interface Radio {
  /** What the group of buttons is about; with the label it names this one. */
  owner: string;
  /** Shared by the buttons of a group. */
  group: string;
  label: string;
  /** A sign above the label, as it stands in a formula. */
  sign?: string;
  next: Next;
  state: (choice: Choice) => State;
}

export function radio({ owner, group, label, sign, next, state }: Radio, { make, lacks }: Moves): Control {
  const input = h("input", {
    type: "radio",
    name: group,
    onchange: () => make(next),
    "data-control": `${owner} ${label}`,
  });
  const texts: Child[] = [
    sign && h("span.mw-form-sign", { "aria-hidden": "true" }, sign),
    h("span.mw-form-word", {}, label),
  ];
  const el = h("label", {}, input, ...texts);
  const update = (choice: Choice): void => {
    const { isOn, why } = state(choice);
    input.checked = isOn;
    input.disabled = why !== "" && !isOn;
    const missing = isOn || why ? "" : lacks(next(choice));
    el.classList.toggle("mw-lacks", missing !== "");
    el.title = why || missing;
  };
  return { el, update };
}

/** Several controls as one: their elements stand in `el`. */
export function joined(el: HTMLElement, controls: Control[]): Control {
  const update = (choice: Choice): void => {
    for (const control of controls) control.update(choice);
  };
  return { el, update };
}

export const elements = (controls: Control[]): HTMLElement[] => controls.map((control) => control.el);
