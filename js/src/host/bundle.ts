/** The bundle, evaluated once for the page: widgets and saved twins of one version share it. */

/** The hash of the sources, put in by build.mjs: widgets of another version load their own bundle. */
declare const SOURCES: string;

export interface Widget {
  render(props: { model: { get(name: string): unknown }; el: HTMLElement; signal?: AbortSignal }): () => void;
}

const page = globalThis as unknown as Record<symbol, Promise<Widget> | undefined>;

/** The widget that a script holds; the first script of the page serves all. */
export function bundle(script: string): Promise<Widget> {
  const key = Symbol.for(`mixwidget ${SOURCES}`);
  page[key] ??= evaluate(script).catch((error: unknown) => {
    delete page[key];
    throw error;
  });
  return page[key];
}

async function evaluate(script: string): Promise<Widget> {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return ((await import(/* @vite-ignore */ url)) as { default: Widget }).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
