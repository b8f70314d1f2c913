/** The strip beside a plot of many levels: drag in it to draw the zoom window anew, drag the window to move it. */
import type { Modes } from "../../core/decode.ts";
import { dotPath, type Marks, noMarks } from "../../core/path.ts";
import { extent, linear } from "../../core/scale.ts";
import { h, s } from "../../dom/element.ts";
import type { Context, Ui } from "../../host/context.ts";
import { type Layout, levelOrder } from "./layout.ts";
import { MIN_ROWS, moved } from "./window.ts";

const WIDTH = 44;
const MARGIN = 3;
const DOT = 1.5;
const MIN_WINDOW_HEIGHT = 4;

export interface Overview {
  el: HTMLElement;
  draw: (modes: Modes, plan: Layout) => void;
}

/** Where a drag began, and the window that it moves; without one it draws a new window. */
interface Drag {
  rank: number;
  window: [number, number] | null;
}

export function overview(context: Context): Overview {
  const el = h("div.mw-overview", { title: "Drag to zoom, double click for all levels" });
  let length = 0;
  let height = 1;
  let drag: Drag | null = null;

  const rankAt = (event: PointerEvent): number => {
    const box = el.getBoundingClientRect();
    const share = (event.clientY - box.top) / (box.height || height);
    return Math.max(0, Math.min(length, Math.round(share * length)));
  };
  el.addEventListener("pointerdown", (event) => {
    const rank = rankAt(event);
    const { window } = context.ui;
    const isInside = window !== null && rank >= window[0] && rank <= window[1];
    drag = { rank, window: isInside ? window : null };
    el.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  el.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const rank = rankAt(event);
    const by = rank - drag.rank;
    if (drag.window) context.setUi({ window: moved(drag.window, length, by) });
    else if (Math.abs(by) >= MIN_ROWS) {
      context.setUi({ window: [Math.min(rank, drag.rank), Math.max(rank, drag.rank)] });
    }
  });
  const end = (): void => {
    drag = null;
  };
  el.addEventListener("pointerup", end);
  el.addEventListener("pointercancel", end);
  el.addEventListener("dblclick", () => context.setUi({ window: null }));

  const draw = (modes: Modes, plan: Layout): void => {
    const panel = plan.panels[0];
    length = modes.levels.length;
    height = panel?.height ?? 1;
    el.style.marginTop = `${panel?.top ?? 0}px`;
    if (!el.hidden) el.replaceChildren(drawStrip(modes, context.ui, height));
  };
  return { el, draw };
}

function drawStrip(modes: Modes, { order, window }: Ui, height: number): SVGSVGElement {
  return s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, "aria-hidden": "true" },
    s("path.mw-dot mw-context", { "stroke-width": DOT, d: dotPath(allDots(modes, order, height)) }),
    window && drawWindow(window, modes.levels.length, height),
  );
}

function drawWindow([start, end]: [number, number], length: number, height: number): SVGRectElement {
  const y = linear([0, length], [0, height]);
  const tall = Math.max(MIN_WINDOW_HEIGHT, y(end) - y(start));
  return s("rect.mw-window", { x: 0.5, y: y(start) + 0.5, width: WIDTH - 1, height: tall - 1 });
}

function allDots(modes: Modes, order: number, height: number): Marks {
  const values = modes.columns[Math.max(0, order)]!.mode;
  const x = linear(extent(values, values), [MARGIN, WIDTH - MARGIN]);
  const ordered = levelOrder(modes, order);
  const dots = noMarks();
  ordered.forEach((index, i) => {
    dots.x.push(x(values[index]!));
    dots.y.push(((i + 0.5) * height) / ordered.length);
  });
  return dots;
}
