/** A model as a host gives it, filled from what the Python tests wrote. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Model } from "../src/host/model.ts";
import widget from "../src/index.ts";
import type { FitView } from "../src/types.ts";

export interface FakeModel extends Model {
  traits: Record<string, unknown>;
  /** Commands that were sent. */
  sent: Record<string, unknown>[];
  /** How many listeners are on. */
  listening(): number;
  update(changes: Record<string, unknown>): void;
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || typeof value !== "object") return value;
  const packed = Object.entries(value).find(([key]) => key.startsWith("$"))?.[1];
  if (packed !== undefined) {
    const bytes = Uint8Array.from(atob(String(packed)), (character) => character.charCodeAt(0));
    // one byte further on than a float64 may lie, as it can happen in a message
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    return new DataView(shifted.buffer, 1);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decoded(item)]));
}

export const fixture = (name: string): Record<string, unknown> =>
  decoded(JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", `${name}.json`), "utf-8"))) as Record<
    string,
    unknown
  >;

const view = (values: Float64Array | Uint32Array): DataView => new DataView(values.buffer);

/** The traits of sleepstudy with many made-up levels instead of 18. */
export function manyLevels(n: number): Record<string, unknown> {
  const traits = fixture("sleepstudy");
  const fit = traits.fit_view as FitView;
  const modes = fit.modes[0]!;
  const wave = (i: number, speed: number): number => Math.sin(i * speed) + Math.sin(i * speed * 1.7);
  modes.n_levels = n;
  modes.columns.forEach((column, j) => {
    const mode = Float64Array.from({ length: n }, (_, i) => 20 * wave(i + 1, j + 0.7));
    const sd = Float64Array.from({ length: n }, (_, i) => 8 + 2 * wave(i + 1, 0.3));
    const ranked = [...mode.keys()].sort((i, k) => mode[k]! - mode[i]! || i - k);
    column.mode = view(mode);
    column.sd = view(sd);
    column.coef = view(mode.map((value) => value + column.fixed));
    column.order = view(Uint32Array.from(ranked));
    column.intervals = [0.67, 1.28, 1.96].map((z) => ({
      low: view(mode.map((value, i) => value - z * sd[i]!)),
      high: view(mode.map((value, i) => value + z * sd[i]!)),
    }));
  });
  modes.size = view(new Float64Array(n).fill(10));
  modes.quantile = view(Float64Array.from({ length: n }, (_, i) => (6.8 * i) / (n - 1) - 3.4));
  return { ...traits, levels: { Subject: Array.from({ length: n }, (_, i) => `S${i + 1}`) } };
}

export function fakeModel(traits: Record<string, unknown>): FakeModel {
  const listeners = new Map<string, Set<() => void>>();
  const fire = (name: string): void => {
    for (const listener of listeners.get(`change:${name}`) ?? []) listener();
  };
  const model: FakeModel = {
    traits: { ...traits },
    sent: [],
    get: (name) => model.traits[name],
    set: (name, value) => {
      model.traits[name] = value;
      if (name === "command") model.sent.push(value as Record<string, unknown>);
      fire(name);
    },
    save_changes: () => undefined,
    on: (event, listener) => void (listeners.get(event) ?? listeners.set(event, new Set()).get(event)!).add(listener),
    off: (event, listener) => void listeners.get(event)?.delete(listener),
    listening: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
    update: (changes) => {
      Object.assign(model.traits, changes);
      Object.keys(changes).forEach(fire);
    },
  };
  return model;
}

export interface Shown {
  model: FakeModel;
  el: HTMLElement;
  stop: () => void;
  find: <E extends Element = HTMLElement>(selector: string) => E;
  all: <E extends Element = HTMLElement>(selector: string) => E[];
  /** Makes the widget so wide, in a page of which so much is in view. */
  resize: (width: number, visible: number) => void;
}

/** Gives an element sizes that a page without layout does not know. */
export function sized(element: Element, sizes: Record<string, number>): void {
  for (const [name, value] of Object.entries(sizes))
    Object.defineProperty(element, name, { value, configurable: true });
}

/** `more` is what only some hosts give their models. */
export async function show(
  name: string,
  changes: Record<string, unknown> = {},
  more: Partial<Model> = {},
): Promise<Shown> {
  const traits = name === "levels3000" ? manyLevels(3000) : fixture(name);
  const model = Object.assign(fakeModel({ ...traits, ...changes }), more);
  const el = document.createElement("div");
  document.body.append(el);
  const stop = widget.render({ model, el });
  await Promise.resolve();
  return {
    model,
    el,
    stop,
    find: <E extends Element>(selector: string) => {
      const found = el.querySelector<E>(selector);
      if (!found) throw new Error(`nothing matches ${selector}`);
      return found;
    },
    all: <E extends Element>(selector: string) => [...el.querySelectorAll<E>(selector)],
    resize: (width, visible) => {
      el.style.cssText = "overflow-y: auto; max-height: none";
      sized(el, { clientHeight: visible, scrollHeight: 5000 });
      sized(el.firstElementChild!, { clientWidth: width });
      window.dispatchEvent(new Event("resize"));
    },
  };
}

/** The button whose text or name says so. */
export function button(shown: Shown, name: string): HTMLButtonElement {
  const found = shown
    .all<HTMLButtonElement>("button")
    .find((candidate) => (candidate.getAttribute("aria-label") ?? candidate.textContent) === name);
  if (!found) throw new Error(`no button ${name}`);
  return found;
}

/** The texts of a table, row by row. */
export const rowsOf = (table: Element): string[][] =>
  [...table.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent ?? ""));
