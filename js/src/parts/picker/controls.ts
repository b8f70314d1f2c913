/** Chips and radio buttons of the picker: made once, then brought up to date with each choice, so the focus stays. */
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

export interface Chip {
  label: string;
  /** For screen readers, where the label alone does not say enough. */
  name?: string;
  act: () => void;
  state: (choice: Choice) => State;
}

/** A button that is pressed or not. */
export function chip({ label, name, act, state }: Chip): Control {
  const button = h(
    "button",
    { type: "button", class: "mw-chip", "aria-label": name, "data-control": `chip ${name ?? label}` },
    label,
  );
  button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
  const update = (choice: Choice): void => {
    const { isOn, why, isHidden = false } = state(choice);
    button.setAttribute("aria-pressed", String(isOn));
    button.setAttribute("aria-disabled", String(why !== ""));
    button.title = why || (isOn ? "In the model; click to take it out" : "Click to put it into the model");
    button.hidden = isHidden;
  };
  return { el: button, update };
}

export interface Radio {
  /** What the group of buttons is about; with the label it names this one. */
  owner: string;
  /** Shared by the buttons of a group. */
  group: string;
  label: string;
  /** A sign above the label, as it stands in a formula. */
  sign?: string;
  act: () => void;
  state: (choice: Choice) => State;
}

export function radio({ owner, group, label, sign, act, state }: Radio): Control {
  const input = h("input", { type: "radio", name: group, onchange: act, "data-control": `${owner} ${label}` });
  const texts: Child[] = [
    sign && h("span.mw-form-sign", { "aria-hidden": "true" }, sign),
    h("span.mw-form-word", {}, label),
  ];
  const el = h("label", {}, input, ...texts);
  const update = (choice: Choice): void => {
    const { isOn, why } = state(choice);
    input.checked = isOn;
    input.disabled = why !== "" && !isOn;
    el.title = why;
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
