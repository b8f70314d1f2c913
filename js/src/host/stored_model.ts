/** A model without a kernel: what was saved, and what the page makes of it. */
import type { Model } from "./model.ts";

export class StoredModel implements Model {
  readonly isStored: boolean = true;
  readonly #traits: Map<string, unknown>;
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(traits: Record<string, unknown>) {
    this.#traits = new Map(Object.entries(traits));
  }

  get(name: string): unknown {
    return this.#traits.get(name);
  }

  set(name: string, value: unknown): void {
    this.#traits.set(name, value);
    this.heard(`change:${name}`);
  }

  protected heard(event: string): void {
    for (const listener of this.#listeners.get(event) ?? []) listener();
  }

  /** Nobody is there to send it to. */
  save_changes(): void {
    return;
  }

  on(event: string, listener: () => void): void {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event)!.add(listener);
  }

  off(event: string, listener: () => void): void {
    this.#listeners.get(event)?.delete(listener);
  }
}
