/** Binds a model to the parts of a view; the `view` trait says which. */
import { Context, type Model, type Part } from "./context.ts";
import { h } from "./dom/element.ts";
import { caterpillar } from "./parts/caterpillar.ts";
import { findings } from "./parts/findings.ts";
import { fixedTable } from "./parts/fixed.ts";
import { header } from "./parts/header.ts";
import { ladder } from "./parts/ladder.ts";
import { levelTable } from "./parts/levels.ts";
import { moves } from "./parts/moves.ts";
import { picker } from "./parts/picker.ts";
import { priorDial } from "./parts/prior.ts";
import { statusBar } from "./parts/status.ts";
import { tabs } from "./parts/tabs.ts";
import { varcorrTable } from "./parts/varcorr.ts";
import { followTheme } from "./theme.ts";

interface Props {
  model: Model;
  el: HTMLElement;
  signal?: AbortSignal;
}

const area = (name: string, ...parts: HTMLElement[]): HTMLElement => h("div", { class: `mw-area mw-area-${name}` }, ...parts);

function ranefTabs(context: Context): Part {
  return tabs("Tables", [
    { label: "Random effects", part: varcorrTable(context) },
    { label: "Levels", part: levelTable(context) },
    { label: "Fixed effects", part: fixedTable(context) },
  ]);
}

/** The parts of each view, in the order of reading. */
const VIEWS: Record<string, (context: Context, use: (part: Part) => HTMLElement) => HTMLElement[]> = {
  table: (context, use) => [use(header(context, false)), use(findings(context)), area("tables", use(ranefTabs(context)))],
  caterpillar: (context, use) => [use(header(context, false)), area("plot", use(caterpillar(context)))],
  picker: (context, use) => [
    use(header(context, true)),
    use(findings(context)),
    area("picker", use(picker(context)), use(priorDial(context))),
    use(moves(context)),
    area("ladder", use(ladder(context))),
  ],
  explorer: (context, use) => [
    use(header(context, true)),
    use(findings(context)),
    area("picker", use(picker(context)), use(priorDial(context))),
    area("main", use(caterpillar(context)), use(ranefTabs(context))),
    use(moves(context)),
    area("ladder", use(ladder(context))),
  ],
};

function render({ model, el, signal }: Props): () => void {
  const view = String(model.get("view") ?? "explorer");
  const root = h("div", {
    class: `mw mw-view-${view}`,
    role: "group",
    "aria-label": "Mixed model",
    "data-jp-suppress-context-menu": "true",
  });
  const context = new Context(model);
  const theme = followTheme(root, () => String(model.get("theme") ?? "auto"));
  const stops: (() => void)[] = [theme.stop, () => context.stop()];
  const use = (part: Part): HTMLElement => {
    if (part.stop) stops.push(part.stop);
    return part.el;
  };
  try {
    const status = use(statusBar(context, root));
    const parts = (VIEWS[view] ?? VIEWS["explorer"]!)(context, use);
    root.append(parts[0]!, status, h("div", { class: "mw-body" }, ...parts.slice(1)));
  } catch (error) {
    root.append(h("div", { class: "mw-status", "data-state": "error" }, h("div", { role: "alert" }, `mixwidget could not draw this fit: ${String(error)}`)));
    console.error(error);
  }
  root.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || !context.ladder) return;
    if (event.target instanceof HTMLInputElement && event.target.type === "search") return;
    event.preventDefault();
    event.stopPropagation();
    context.send({ action: event.shiftKey ? "redo" : "undo" });
  });
  model.on("change:theme", theme.apply);
  stops.push(() => model.off("change:theme", theme.apply));
  el.replaceChildren(root);
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    for (const end of stops) end();
    root.remove();
  };
  signal?.addEventListener("abort", stop);
  return stop;
}

export default { render };
