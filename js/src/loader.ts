/**
 * The module of every widget. A page keeps each module that it ever loaded, and each widget brings one, so this one is
 * small: it takes the bundle out of the first model that has it, once for the page.
 */

/** The hash of the sources, put in by build.mjs: widgets of another version load their own bundle. */
declare const SOURCES: string;

interface Props {
  model: { get(name: string): unknown };
  el: HTMLElement;
  signal?: AbortSignal;
}

interface Widget {
  render(props: Props): () => void;
}

const KEY = Symbol.for(`mixwidget ${SOURCES}`);
const page = globalThis as unknown as Record<symbol, Promise<Widget> | undefined>;

async function evaluate(script: unknown): Promise<Widget> {
  const url = URL.createObjectURL(new Blob([String(script)], { type: "text/javascript" }));
  try {
    return ((await import(/* @vite-ignore */ url)) as { default: Widget }).default;
  } catch (error) {
    delete page[KEY];
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export default {
  async render(props: Props): Promise<(() => void) | undefined> {
    page[KEY] ??= evaluate(props.model.get("script"));
    const widget = await page[KEY];
    return props.signal?.aborted ? undefined : widget.render(props);
  },
};
