/** Buttons, lists and rows of toggles. */
import { type Attributes, type Child, h, uniqueId } from "./element.ts";

export interface Option {
  value: string;
  label: string;
  title?: string;
}

/** A button that does something at once, unless it is blocked. */
export function button(label: Child, act: () => unknown, attributes: Attributes = {}): HTMLButtonElement {
  const onclick = (): unknown => made.getAttribute("aria-disabled") === "true" || act();
  const made = h("button", { type: "button", class: "mw-button", onclick, ...attributes }, label);
  return made;
}

/** Blocks a button by `aria-disabled`, which keeps the focus where it is; `disabled` would drop it. */
export function setBlocked(blocked: HTMLButtonElement, isBlocked: boolean): void {
  blocked.setAttribute("aria-disabled", String(isBlocked));
}

/** A labelled list to choose one of. */
export function select(
  name: string,
  control: string,
  options: Option[],
  value: string,
  chosen: (value: string) => void,
): HTMLElement {
  const id = uniqueId(control);
  const items = options.map((option) =>
    h("option", { value: option.value, selected: option.value === value }, option.label),
  );
  const list = h("select", { id, "data-control": control }, ...items);
  list.addEventListener("change", () => chosen(list.value));
  return h("span.mw-group", {}, h("label", { for: id }, name), list);
}

/** Buttons side by side, one of them pressed. */
export function toggles(
  name: string,
  control: string,
  options: Option[],
  value: string,
  chosen: (value: string) => void,
): HTMLElement {
  const buttons = options.map((option) =>
    button(option.label, () => chosen(option.value), {
      class: null,
      title: option.title,
      "aria-pressed": String(option.value === value),
      "data-control": `${control}-${option.value}`,
    }),
  );
  return group("span.mw-group mw-segments", name, ...buttons);
}

/** What belongs together under one name; its classes stand behind its tag. */
export function group<K extends "div" | "span">(
  tag: K | `${K}.${string}`,
  name: string,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return h(tag, { role: "group", "aria-label": name }, ...children);
}

/** Radio buttons under one name. */
export function radios(classes: string, name: string, ...children: Child[]): HTMLDivElement {
  return h("div", { class: `mw-segments ${classes}`, role: "radiogroup", "aria-label": name }, ...children);
}

/** What is not in view until somebody opens it. */
export function fold(summary: string, ...children: Child[]): HTMLDetailsElement {
  return h("details.mw-more", {}, h("summary", {}, summary), ...children);
}

/** A table, or another wide thing, that scrolls sideways and can be reached with the keyboard. */
export function scroller(name: string, className: string, ...children: Child[]): HTMLDivElement {
  return h("div", { class: className, tabindex: 0, role: "group", "aria-label": `${name}, scrollable` }, ...children);
}
