/** The widget's model, as every host gives it. */
import type { Choice, Late, Status } from "../types.ts";

/** The part of an AFM model that is used; marimo, JupyterLab and the offline host all have it. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  /** Whether there is no kernel behind it, as in a saved page. */
  readonly isStored?: boolean;
  /** What is said of a choice that is not there, "" of one that is. */
  lacks?(choice: Choice): string;
}

/** Shows the widget that a trait refers to; a saved page has none. */
export interface Host {
  getWidget(ref: string): Promise<{ render(props: { el: HTMLElement; signal?: AbortSignal }): Promise<void> }>;
}

/** The view that a trait holds; null while Python has sent none, which is an empty object. */
export function viewOf<View extends object>(model: Model, trait: string): View | null {
  const value = model.get(trait) as View | null;
  return value && Object.keys(value).length > 0 ? value : null;
}

/** "lost" is what no Python can say: that it does not answer. */
export type ShownStatus = Omit<Status, "state"> & { state: Status["state"] | "lost" };

/** What became of a picture that was asked for. */
export interface Answer<View> extends Late {
  view: View | null;
}
