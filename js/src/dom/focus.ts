/** The focus stays where it is when controls are drawn anew. */

/** The focused element of the document or shadow root that an element stands in, if it lies inside the element. */
export function focusedIn(holder: HTMLElement): HTMLElement | null {
  const active = (holder.getRootNode() as Document | ShadowRoot).activeElement;
  return active instanceof HTMLElement && holder.contains(active) ? active : null;
}

/** Redraws, and gives the focus to the control of the same name: the value of its attribute `data-<name>`. */
export function keepFocus(holder: HTMLElement, name: string, redraw: () => void): void {
  const value = focusedIn(holder)?.getAttribute(`data-${name}`);
  redraw();
  if (value) holder.querySelector<HTMLElement>(`[data-${name}="${CSS.escape(value)}"]`)?.focus();
}
