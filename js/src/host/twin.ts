/** A saved twin: it waits for the live widget, and comes to life itself where none comes. */
import { bundle, load, type Widget } from "./bundle.ts";
import { hideIfLive, NEIGHBOUR } from "./live.ts";
import { StoredModel } from "./stored_model.ts";

/** A notebook that is loaded again finds the widget of a running kernel within this time. */
const LAB_MS = 2500;
/** Other pages have their widgets, if any, as soon as their outputs; one that comes later still hides the twin. */
const PAGE_MS = 800;
const LOOK_MS = 50;
/** What JupyterLab and Notebook 7 show in the place of a widget whose kernel is gone. */
const DEAD = /Error displaying widget|model not found/;

const FLOAT32_DIGITS = 7;

interface Bundle {
  script: string;
  css: string;
  pictures?: string;
}

/**
 * Wakes a twin when it is seen, and ends what it shows when it leaves the page. One that a live widget hides has no
 * size, so that nothing happens to it; a notebook that scrolls may take a twin off and bring it back.
 */
export function attend(twin: HTMLElement): void {
  let showing: Promise<() => void> | null = null;
  hideIfLive(twin);
  new ResizeObserver(() => {
    if (twin.isConnected) showing ??= wake(twin);
    else {
      void showing?.then((stop) => stop());
      showing = null;
    }
  }).observe(twin);
}

/** Makes the widget of what a twin holds, unless a live one is there; returns what ends it. */
async function wake(twin: HTMLElement): Promise<() => void> {
  const { bundle: code, state } = twin.dataset;
  if (!(code && state && (await isLeftAlone(twin)))) return asleep;
  try {
    const [{ script, css, pictures }, traits] = await Promise.all([
      unpack<Bundle>(code),
      unpack<Record<string, unknown>>(state),
    ]);
    const widget = await bundle(script);
    return twin.isConnected && !isLive(twin)
      ? show(twin, css, widget, new StoredModel({ ...traits, pictures }))
      : asleep;
  } catch (error) {
    // a page that forbids scripts of its own keeps the tables and pictures
    console.error("mixwidget: the saved widget stays a picture:", error);
    return asleep;
  }
}

const asleep = (): void => undefined;

/** Draws the widget in a root of its own, which the style of the page does not reach. */
function show(twin: HTMLElement, css: string, widget: Widget, model: StoredModel): () => void {
  const host = document.createElement("div");
  // keys that the widget knows are not the notebook's: its page sees them come from here
  host.dataset.lmSuppressShortcuts = "true";
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

/** Plain values from deflated JSON in base64, as `pack` of twin.py writes them. */
export async function unpack<Value>(text: string): Promise<Value> {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text(), revive) as Value;
}

function revive(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if ("$bytes" in value) return new DataView(bytes(String(value.$bytes)).buffer);
  if ("$float32" in value) return new DataView(doubles(new Float32Array(bytes(String(value.$float32)).buffer)).buffer);
  return value;
}

/** Without the digits that float32 does not know: a saved table should not claim them. */
const doubles = (values: Float32Array): Float64Array<ArrayBuffer> =>
  Float64Array.from(values, (value) => Number(value.toPrecision(FLOAT32_DIGITS)));

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
