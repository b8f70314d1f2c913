/** A saved twin: it waits for the live widget, and comes to life itself where none comes. */
import { bundle, load, type Widget } from "./bundle.ts";
import { hideIfLive, NEIGHBOUR } from "./live.ts";
import type { Model } from "./model.ts";
import { StoredModel } from "./stored_model.ts";
import { unpack } from "./unpack.ts";

/** A notebook that is loaded again finds the widget of a running kernel within this time. */
const LAB_MS = 2500;
/** Other pages have their widgets, if any, as soon as their outputs; one that comes later still hides the twin. */
const PAGE_MS = 800;
const LOOK_MS = 50;
/** What JupyterLab and Notebook 7 show in the place of a widget whose kernel is gone. */
const DEAD = /Error displaying widget|model not found/;

interface Bundle {
  script: string;
  css: string;
  pictures?: string;
}

/** What differs between the pages that hold twins. */
export interface Host {
  /** Whether it shall wake, once that is known. */
  isWanted(twin: HTMLElement): Promise<boolean>;
  /** Script and style, as they are packed. */
  bundle(twin: HTMLElement): string;
  model(traits: Record<string, unknown>): Model;
}

/** A notebook, where each twin has its own bundle and a live widget may stand beside it. */
const SAVED: Host = {
  isWanted: isLeftAlone,
  bundle: (twin) => twin.dataset.bundle!,
  model: (traits) => new StoredModel(traits),
};

/**
 * Wakes a twin when it is seen, and ends what it shows when it leaves the page. One that a live widget hides has no
 * size, so that nothing happens to it; a notebook that scrolls may take a twin off and bring it back.
 */
export function attend(twin: HTMLElement, host = SAVED): void {
  let showing: Promise<() => void> | null = null;
  hideIfLive(twin);
  new ResizeObserver(() => {
    if (twin.isConnected) showing ??= wake(twin, host);
    else {
      void showing?.then((stop) => stop());
      showing = null;
    }
  }).observe(twin);
}

/** Makes the widget of what a twin holds, unless a live one is there; returns what ends it. */
async function wake(twin: HTMLElement, host: Host): Promise<() => void> {
  const { state } = twin.dataset;
  if (!(state && (await host.isWanted(twin)))) return asleep;
  try {
    const [{ script, css, pictures }, traits] = await Promise.all([
      unpack<Bundle>(host.bundle(twin)),
      unpack<Record<string, unknown>>(state),
    ]);
    const widget = await bundle(script);
    return twin.isConnected && !isLive(twin) ? show(twin, css, widget, host.model({ ...traits, pictures })) : asleep;
  } catch (error) {
    // a page that forbids scripts of its own keeps the tables and pictures
    console.error("mixwidget: the saved widget stays a picture:", error);
    return asleep;
  }
}

const asleep = (): void => undefined;

/** Draws the widget in a root of its own, which the style of the page does not reach. */
function show(twin: HTMLElement, css: string, widget: Widget, model: Model): () => void {
  const host = document.createElement("div");
  const [style, el] = [document.createElement("style"), document.createElement("div")];
  style.textContent = css;
  host.attachShadow({ mode: "open" }).append(style, el);
  twin.append(host);
  twin.classList.add("mw-awake");
  const stop = widget.render({ model, el, load });
  return () => {
    stop();
    host.remove();
    twin.classList.remove("mw-awake");
  };
}

/** Waits as long as a live widget may still come; returns whether none came to a twin that is still on the page. */
async function isLeftAlone(twin: HTMLElement): Promise<boolean> {
  const limit = performance.now() + (twin.closest(NEIGHBOUR) ? LAB_MS : PAGE_MS);
  while (performance.now() < limit && !isDead(twin)) {
    if (!twin.isConnected || isLive(twin)) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return !isLive(twin);
}

function isLive(twin: HTMLElement): boolean {
  return hideIfLive(twin) || neighbour(twin)?.querySelector(".mw:not(.mw-twin .mw)") != null;
}

/** Whether the place of the widget says already that none will come: by its words, or by showing its HTML. */
function isDead(twin: HTMLElement): boolean {
  const place = neighbour(twin);
  return Boolean(place && (DEAD.test(place.textContent ?? "") || place.querySelector("[data-mime-type='text/html']")));
}

const neighbour = (twin: HTMLElement): Element | null => twin.closest(NEIGHBOUR)?.nextElementSibling ?? null;
