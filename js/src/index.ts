/** Binds a model to the parts of a view; the trait `view` says which. */
import { h } from "./dom/element.ts";
import type { Load } from "./host/bundle.ts";
import { Context, type Part } from "./host/context.ts";
import { takeOver } from "./host/live.ts";
import type { Host, Model } from "./host/model.ts";
import { followRoom, showWhole } from "./host/room.ts";
import { undoByKey } from "./host/shortcuts.ts";
import { followTheme } from "./host/theme.ts";
import { statusBar } from "./parts/status/bind.ts";
import { partsOf } from "./views.ts";

interface Props {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
  load?: Load;
  /** What shows a widget inside another one. */
  host?: Host;
}

function render({ model, el, signal, load, host }: Props): () => void {
  const view = String(model.get("view") ?? "explorer");
  const root = rootOf(view);
  const context = new Context(model, load, host);
  const theme = followTheme(root, () => String(model.get("theme") ?? "auto"));
  const room = followRoom(root, view === "explorer", (now) => context.setRoom(now));
  const stops: (() => void)[] = [theme.stop, room.stop, () => context.stop()];
  const use = (part: Part): HTMLElement => {
    if (part.stop) stops.push(part.stop);
    return part.el;
  };
  try {
    const status = use(statusBar(context, root));
    const [header, ...rest] = partsOf(view, context, use);
    root.append(header!, status, h("div.mw-body", {}, ...rest));
  } catch (error) {
    root.append(apology(error));
    console.error(error);
  }
  undoByKey(root, context);
  root.addEventListener("click", ({ target }) => (target as Element).closest(".mw-picker") && showWhole(root));
  model.on("change:theme", theme.apply);
  stops.push(() => model.off("change:theme", theme.apply));
  el.replaceChildren(root);
  room.measure();
  const twin = model.get("twin");
  if (twin) stops.push(takeOver(String(twin)));
  return once(signal, () => {
    for (const stop of stops) stop();
    root.remove();
  });
}

function rootOf(view: string): HTMLElement {
  return h("div", {
    class: `mw mw-view-${view}`,
    role: "group",
    "aria-label": "Mixed model",
    "data-jp-suppress-context-menu": "true",
  });
}

function apology(error: unknown): HTMLElement {
  const text = `mixwidget could not draw this fit: ${String(error)}`;
  return h("div.mw-status", { "data-state": "error" }, h("div", { role: "alert" }, text));
}

/** Hosts end a view by the function, by the signal, or by both. */
function once(signal: AbortSignal | undefined, end: () => void): () => void {
  let hasEnded = false;
  const stop = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    end();
  };
  signal?.addEventListener("abort", stop);
  return stop;
}

export default { render };
