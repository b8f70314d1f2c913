/**
 * Which saved twins have a live widget on the page. JupyterLab's twins stand beside their widget and a style sheet
 * hides them; where a page has no such neighbours (VS Code), the widget hides them by name.
 */

/** What holds an output in JupyterLab, Notebook 7 and the pages of nbconvert. */
export const NEIGHBOUR = ".jp-OutputArea-child";

const KEY = Symbol.for("mixwidget.live");
const page = globalThis as unknown as Record<symbol, Map<string, number> | undefined>;

function counts(): Map<string, number> {
  page[KEY] ??= new Map();
  return page[KEY];
}

export function isLive(name: string): boolean {
  return (counts().get(name) ?? 0) > 0;
}

/** Hides the twins of this name as long as a view of the widget lives; returns the function that ends it. */
export function takeOver(name: string): () => void {
  add(name, 1);
  return () => add(name, -1);
}

function add(name: string, step: number): void {
  counts().set(name, (counts().get(name) ?? 0) + step);
  for (const twin of document.querySelectorAll<HTMLElement>(".mw-twin")) {
    if (twin.dataset.of === name) hideIfLive(twin);
  }
}

/** Hides a twin that has a live widget; returns whether it has one. */
export function hideIfLive(twin: HTMLElement): boolean {
  if (twin.closest(NEIGHBOUR)) return false;
  twin.hidden = isLive(twin.dataset.of ?? "");
  return twin.hidden;
}
