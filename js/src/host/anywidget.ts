/**
 * A host for anywidgets (AFM) without a kernel: state is kept in the page and shared by all views of a model; what only
 * a kernel can answer stays unanswered.
 */
import { StoredModel } from "./stored_model.ts";

/** Modules, style sheets and models; the models name the texts by their places. */
export interface Saved {
  code: string[];
  models: Record<string, { esm: number; css: number; traits: Record<string, unknown> }>;
}

interface Props {
  model: PageModel;
  el?: HTMLElement;
  signal: AbortSignal;
  experimental: { invoke(): Promise<never> };
}

interface Definition {
  initialize?: (props: Props) => unknown;
  render?: (props: Props) => unknown;
}

type Module = Definition & { default?: Definition | (() => Definition | Promise<Definition>) };

/** As Backbone's, which widgets were written for: a change of any trait is heard too, and messages go nowhere. */
export class PageModel extends StoredModel {
  override set(name: string, value: unknown): void {
    super.set(name, value);
    this.heard("change");
  }

  send(): void {
    return;
  }
}

const NO_KERNEL = "This page has no kernel.";

/** Draws every place of the page that waits for a model; one that fails keeps what stands still in it. */
export async function drawAll({ code, models }: Saved): Promise<void> {
  const modules = new Map<number, Promise<Module>>();
  const started = new Map<string, Promise<[Definition, PageModel]>>();
  const start = async (name: string): Promise<[Definition, PageModel]> => {
    const { esm, css, traits } = models[name]!;
    if (!modules.has(esm)) {
      modules.set(esm, load(code[esm]!));
      addStyle(code[css]!);
    }
    const definition = await definitionOf(await modules.get(esm)!);
    const model = new PageModel(traits);
    await definition.initialize?.(props(model));
    return [definition, model];
  };
  const places = [...document.querySelectorAll<HTMLElement>(".mw-any")];
  await Promise.all(
    places.map(async (place) => {
      const name = place.dataset.model!;
      try {
        if (!started.has(name)) started.set(name, start(name));
        const [definition, model] = await started.get(name)!;
        await draw(place, definition, model);
      } catch (error) {
        console.error("mixwidget: a widget stays as it was saved:", error);
      }
    }),
  );
}

async function draw(place: HTMLElement, definition: Definition, model: PageModel): Promise<void> {
  const el = document.createElement("div");
  el.className = "mw-any-drawn";
  place.append(el);
  try {
    await definition.render?.({ ...props(model), el });
    place.firstElementChild!.remove();
  } catch (error) {
    el.remove();
    throw error;
  }
}

async function load(text: string): Promise<Module> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)) as Module;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Modules export a definition, a function that makes one, or, as the first ones did, its functions themselves. */
async function definitionOf(module: Module): Promise<Definition> {
  const { default: exported = module } = module;
  return typeof exported === "function" ? await exported() : exported;
}

function addStyle(text: string): void {
  const style = document.createElement("style");
  style.textContent = text;
  document.head.append(style);
}

const props = (model: PageModel): Props => ({
  model,
  signal: new AbortController().signal,
  experimental: { invoke: () => Promise.reject(new Error(NO_KERNEL)) },
});
