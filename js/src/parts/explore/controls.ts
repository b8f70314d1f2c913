/** Chips and radio buttons that are drawn anew with each answer; `data-control` keeps the focus over it. */
import { button, group, radios } from "../../dom/controls.ts";
import { type Child, h, uniqueId } from "../../dom/element.ts";
import type { ExploreCommand } from "../../types.ts";

export type Send = (command: Omit<ExploreCommand, "number">) => void;

export interface Chip {
  label: string;
  /** For screen readers, and to find it again, where the label alone does not say enough. */
  name?: string;
  isOn: boolean;
  /** Why it cannot be switched on, "" if it can. */
  why?: string;
  title?: string;
  act: () => void;
}

export function chip({ label, name = label, isOn, why = "", title, act }: Chip): HTMLButtonElement {
  return button(label, act, {
    class: "mw-chip",
    "aria-label": name,
    "aria-pressed": String(isOn),
    "aria-disabled": String(why !== "" && !isOn),
    title: why || title,
    "data-control": `chip ${name}`,
  });
}

export const chips = (name: string, ...children: Child[]): HTMLElement => group("div.mw-chips", name, ...children);

export interface Segment {
  label: string;
  sign?: string;
  isOn: boolean;
  why?: string;
  act: () => void;
}

/** Radio buttons side by side, or below each other. */
export function segments(name: string, className: string, options: Segment[]): HTMLElement {
  const group = uniqueId("explore");
  const labels = options.map(({ label, sign, isOn, why = "", act }) =>
    h(
      "label",
      { title: why || null },
      h("input", {
        type: "radio",
        name: group,
        checked: isOn,
        disabled: why !== "" && !isOn,
        onchange: act,
        "data-control": `${name} ${label}`,
      }),
      sign && h("span.mw-form-sign", { "aria-hidden": "true" }, sign),
      h("span.mw-form-word", {}, label),
    ),
  );
  return radios(className, name, ...labels);
}

export const card = (legend: Child, ...children: Child[]): HTMLFieldSetElement =>
  h("fieldset.mw-card", {}, h("legend", {}, legend), ...children);

/** What is not allowed, with the reasons: nobody should look for a column in vain. */
export function refusals(lead: string, refused: [name: string, why: string][]): HTMLElement | null {
  if (refused.length === 0) return null;
  const items = refused.map(([name, why]) => h("li", {}, h("code", {}, name), `: ${why}`));
  return h(
    "details.mw-more",
    { "data-fold": lead },
    h("summary", {}, `${lead} (${refused.length})`),
    h("ul.mw-refused", {}, ...items),
  );
}
