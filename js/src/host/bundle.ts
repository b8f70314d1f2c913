/** The scripts of a version, each evaluated once for the page: widgets and saved twins share them. */
import type { Context, Part } from "./context.ts";

/** The beginning of the hash of the sources, put in by build.mjs: widgets of another version load their own scripts. */
declare const SOURCES: string;

/** Evaluates a script, or gives what an earlier one of the same name gave; null where there is neither. */
export type Load = (name: string, script: string) => Promise<unknown> | null;

export interface Widget {
  render(props: {
    model: { get(name: string): unknown };
    el: HTMLElement;
    signal?: AbortSignal;
    load?: Load;
  }): () => void;
}

/** A part that comes with a script of its own; what is in `slot` stands at the right end of the tabs. */
export type Picture = (context: Context, slot: HTMLElement | null) => Part;

/** The second script: pictures of the data, and their style sheet. */
export interface Pictures {
  parts: Record<string, Picture>;
  css: string;
}

const page = globalThis as unknown as Record<symbol, Promise<unknown> | undefined>;

export const load: Load = (name, script) => {
  const key = Symbol.for(`mixwidget ${SOURCES}${name}`);
  if (!(page[key] || script)) return null;
  page[key] ??= evaluate(script).catch((error: unknown) => {
    delete page[key];
    throw error;
  });
  return page[key];
};

/** The widget that a script holds; the first script of the page serves all. */
export const bundle = (script: string): Promise<Widget> => load("", script) as Promise<Widget>;

async function evaluate(script: string): Promise<unknown> {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return ((await import(/* @vite-ignore */ url)) as { default: unknown }).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
