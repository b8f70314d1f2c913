/** The strip beside a plot of many levels: all levels small, the zoom window over them, to drag and to draw anew. */
import type { Modes } from "../core/decode.ts";
import { dotPath, type Marks } from "../core/path.ts";
import { extent, linear } from "../core/scale.ts";
import { h, s } from "../dom/element.ts";
import type { Context } from "../context.ts";
import { levelOrder, type Layout } from "./panels.ts";

const WIDTH = 44;
const MIN_ROWS = 10;

export interface Overview {
  el: HTMLElement;
  draw: (modes: Modes, plan: Layout) => void;
}

export function overview(context: Context): Overview {
  const el = h("div", { class: "mw-overview", title: "Drag to zoom, double click for all levels" });
  let count = 0;
  let height = 1;
  let from: { rank: number; window: [number, number] | null } | null = null;

  const rankAt = (event: PointerEvent): number => {
    const box = el.getBoundingClientRect();
    return Math.max(0, Math.min(count, Math.round(((event.clientY - box.top) / (box.height || height)) * count)));
  };
  el.addEventListener("pointerdown", (event) => {
    const rank = rankAt(event);
    const { window } = context.ui;
    const inside = window !== null && rank >= window[0] && rank <= window[1];
    from = { rank, window: inside ? window : null };
    el.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  el.addEventListener("pointermove", (event) => {
    if (!from) return;
    const rank = rankAt(event);
    if (from.window) {
      const size = from.window[1] - from.window[0];
      const start = Math.max(0, Math.min(count - size, from.window[0] + rank - from.rank));
      context.setUi({ window: [start, start + size] });
    } else if (Math.abs(rank - from.rank) >= MIN_ROWS) {
      context.setUi({ window: [Math.min(rank, from.rank), Math.max(rank, from.rank)] });
    }
  });
  const end = (): void => {
    from = null;
  };
  el.addEventListener("pointerup", end);
  el.addEventListener("pointercancel", end);
  el.addEventListener("dblclick", () => context.setUi({ window: null }));

  const draw = (modes: Modes, plan: Layout): void => {
    count = modes.levels.length;
    const top = plan.panels[0]?.top ?? 0;
    height = plan.panels[0]?.height ?? 1;
    el.style.marginTop = `${top}px`;
    if (el.hidden) return;
    const [start, stop] = context.ui.window ?? [0, count];
    const y = linear([0, count], [0, height]);
    el.replaceChildren(
      s(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, "aria-hidden": "true" },
        s("path", { class: "mw-dot mw-context", "stroke-width": 1.5, d: dotPath(allDots(modes, context.ui.order, height)) }),
        context.ui.window !== null && s("rect", { class: "mw-window", x: 0.5, y: y(start) + 0.5, width: WIDTH - 1, height: Math.max(4, y(stop) - y(start)) - 1 }),
      ),
    );
  };
  return { el, draw };
}

function allDots(modes: Modes, order: number, height: number): Marks {
  const values = modes.columns[Math.max(0, order)]!.mode;
  const x = linear(extent(values, values), [3, WIDTH - 3]);
  const ordered = levelOrder(modes, order);
  const dots: Marks = { low: [], high: [], x: [], y: [] };
  ordered.forEach((index, i) => {
    dots.x.push(x(values[index]!));
    dots.y.push(((i + 0.5) * height) / ordered.length);
  });
  return dots;
}
