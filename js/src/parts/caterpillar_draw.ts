/** The plot itself: a layout in, one SVG out. The number of nodes does not depend on the number of levels. */
import type { Modes } from "../core/decode.ts";
import { signif } from "../core/format.ts";
import { dotPath, intervalPath } from "../core/path.ts";
import { linear, ticks } from "../core/scale.ts";
import { s } from "../dom/element.ts";
import type { Kind } from "../context.ts";
import { marks, type Layout, type Panel } from "./panels.ts";

/** From this height of a row on, every level has its name beside it. */
const NAMED_ROW = 10;
/** Names that are thinned out stand this far apart. */
const NAME_STEP = 34;
/** Below this height points and lines run together: dark against light then says what excludes zero. */
export const DENSE_ROW = 5;

export function drawPanels(plan: Layout, modes: Modes, kind: Kind, overlay: SVGGElement): SVGSVGElement {
  return s(
    "svg",
    { class: "mw-svg", viewBox: `0 0 ${plan.width} ${plan.height}`, "aria-hidden": "true", width: plan.width, height: plan.height },
    ...rowStarts(plan).map((panel) => (kind === "qq" ? quantileAxis(panel, modes) : levelNames(plan, panel, modes))),
    ...plan.panels.map((panel) => drawPanel(plan, panel, kind)),
    overlay,
  );
}

/** The leftmost panel of each row of panels. */
const rowStarts = (plan: Layout): Panel[] => plan.panels.filter((panel) => panel.left === plan.gutter);

function drawPanel(plan: Layout, panel: Panel, kind: Kind): SVGGElement {
  const { left, top, width, height } = panel;
  const { clear, unclear } = marks(panel);
  const line = Math.max(0.35, Math.min(1.4, plan.rowHeight * 0.3));
  const dot = Math.max(1.2, Math.min(7, plan.rowHeight * 0.62));
  const hollow = dot > 3;
  return s(
    "g",
    { class: plan.rowHeight < DENSE_ROW ? "mw-dense" : null },
    s("text", { class: "mw-panel-title", x: left, y: top - 8 }, panel.column.name),
    s("rect", { class: "mw-panel-ground", x: left, y: top, width, height }),
    ...grid(panel),
    reference(panel, kind),
    s("path", { class: "mw-interval", "stroke-width": line, d: intervalPath(unclear) }),
    s("path", { class: "mw-interval mw-clear", "stroke-width": line * (plan.rowHeight > DENSE_ROW / 2 ? 2 : 1.4), d: intervalPath(clear) }),
    s("path", { class: "mw-dot", "stroke-width": dot, d: dotPath(unclear) }),
    hollow && s("path", { class: "mw-dot mw-hole", "stroke-width": dot - 2.4, d: dotPath(unclear) }),
    s("path", { class: "mw-dot mw-clear", "stroke-width": dot, d: dotPath(clear) }),
  );
}

function grid(panel: Panel): SVGElement[] {
  const { left, top, width, height } = panel;
  return axisTicks(panel).flatMap((value) => [
    s("path", { class: "mw-grid-line", d: `M${panel.x(value)} ${top}v${height}` }),
    s("text", { class: "mw-tick", x: Math.min(Math.max(panel.x(value), left + 8), left + width - 8), y: top + height + 14, "text-anchor": "middle" }, tickText(value, panel)),
  ]);
}

/** At least three values, so that the scale can be read. */
function axisTicks({ x, width }: Panel): number[] {
  const count = Math.max(2, Math.floor(width / 70));
  const values = ticks(x.domain, count);
  return values.length >= 3 || width < 100 ? values : ticks(x.domain, count + 2);
}

function tickText(value: number, panel: Panel): string {
  const span = panel.x.domain[1] - panel.x.domain[0];
  return Math.abs(value) < span * 1e-9 ? "0" : signif(value, 6).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** Zero for modes; the fixed effect, where every mode is zero, for coefficients. */
function reference(panel: Panel, kind: Kind): SVGElement | null {
  const x = panel.x(panel.shift);
  const line = s("path", { class: "mw-zero", d: `M${x} ${panel.top}v${panel.height}` });
  if (kind !== "coef") return line;
  const label = panel.column.has_fixed ? `fixed effect ${signif(panel.shift)}` : "no fixed effect";
  return s("g", {}, line, s("text", { class: "mw-tick", x: panel.left + panel.width, y: panel.top - 8, "text-anchor": "end" }, label));
}

function levelNames(plan: Layout, panel: Panel, modes: Modes): SVGGElement {
  const step = plan.rowHeight >= NAMED_ROW ? 1 : Math.ceil(NAME_STEP / plan.rowHeight);
  const texts: SVGElement[] = [];
  for (let i = 0; i < plan.visible.length; i += step) {
    const name = modes.levels[plan.visible[i]!]!;
    const short = name.length > 14 ? `${name.slice(0, 13)}\u2026` : name;
    texts.push(s("text", { class: "mw-level", x: plan.gutter - 6, y: panel.y[i]! + 3.5, "text-anchor": "end" }, short));
  }
  return s("g", {}, ...texts);
}

function quantileAxis(panel: Panel, modes: Modes): SVGGElement {
  const reach = Math.max(1, modes.quantile.at(-1) ?? 1) * 1.06;
  const y = linear([-reach, reach], [panel.top + panel.height, panel.top]);
  const marks = ticks([-reach, reach], 5).map((value) => s("text", { class: "mw-tick", x: panel.left - 6, y: y(value) + 3.5, "text-anchor": "end" }, signif(value, 2).replace(/\.0$/, "")));
  return s("g", {}, ...marks);
}
