/** What the pointer is on: shared by all widgets of the page, each of which has its own copy of this code. */

/** One level of one grouping factor. */
export interface Spot {
  group: string;
  level: string;
}

const KEY = Symbol.for("mixwidget.bus");

type Page = typeof globalThis & { [KEY]?: EventTarget };

function bus(): EventTarget {
  const page = globalThis as Page;
  page[KEY] ??= new EventTarget();
  return page[KEY];
}

export function announce(spot: Spot | null): void {
  bus().dispatchEvent(new CustomEvent("spot", { detail: spot }));
}

/** Calls `listener` with each spot; returns the function that stops it. */
export function listen(listener: (spot: Spot | null) => void): () => void {
  const heard = (event: Event): void => listener((event as CustomEvent<Spot | null>).detail);
  bus().addEventListener("spot", heard);
  return () => bus().removeEventListener("spot", heard);
}
