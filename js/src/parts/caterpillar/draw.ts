/** The plot itself: a layout in, one SVG out. The number of nodes does not depend on the number of levels. */
import type { Modes } from "../../core/decode.ts";
import { shortened, signif, tickText } from "../../core/format.ts";
import { dotPath, intervalPath, type Marks } from "../../core/path.ts";
import { ticks } from "../../core/scale.ts";
import { s } from "../../dom/element.ts";
import type { Kind } from "../../host/context.ts";
import { type Layout, MAX_NAME, marksOf, NAME_MARGIN, type Panel, quantileScale } from "./layout.ts";
import { drawQuantileLine, drawQuantileNames } from "./quantiles.ts";
import { drawRidges } from "./ridges.ts";
import { axisTitle, QUANTILES } from "./words.ts";

/** From this height of a row on, every level has its name beside it. */
const NAMED_ROW = 10;
/** Names that are thinned out stand this far apart. */
const NAME_STEP = 34;
/** Below this height points and lines run together: dark against light then says what excludes zero. */
export const DENSE_ROW = 5;
/** Points that are larger than this can be hollow. */
const HOLLOW_DOT = 3;
const RIM = 2.4;
/** Height of a ridge in rows. */
const RIDGE = 0.9;
/** From the middle of a line of text to its baseline. */
const BASELINE = 3.5;
const TITLE_RAISE = 8;
const TICK_DROP = 14;
const TITLE_DROP = 31;
/** From the panel to the middle of the title of the vertical axis. */
const TITLE_LEFT = 40;
const TICK_MARGIN = 8;
const PIXELS_PER_TICK = 70;

export function drawPanels(plan: Layout, modes: Modes, kind: Kind, unit: string, overlay: SVGGElement): SVGSVGElement {
  const rowStarts = plan.panels.filter((panel) => panel.left === plan.gutter);
  const axes = rowStarts.map((panel) =>
    kind === "qq" ? drawQuantileAxis(panel, modes) : drawNames(plan, panel, modes),
  );
  return s(
    "svg.mw-svg",
    {
      viewBox: `0 0 ${plan.width} ${plan.height}`,
      "aria-hidden": "true",
      width: plan.width,
      height: plan.height,
    },
    ...axes,
    ...plan.panels.map((panel) => drawPanel(plan, panel, modes, kind, unit)),
    overlay,
  );
}

function drawPanel(plan: Layout, panel: Panel, modes: Modes, kind: Kind, unit: string): SVGGElement {
  const { left, top, width, height } = panel;
  const { clear, unclear } = marksOf(panel);
  const line = Math.max(0.35, Math.min(1.4, plan.rowHeight * 0.3));
  const thick = line * (plan.rowHeight > DENSE_ROW / 2 ? 2 : 1.4);
  const isRidged = kind === "ridges" && plan.rowHeight >= DENSE_ROW;
  const dot = Math.max(1.2, Math.min(7, plan.rowHeight * 0.62));
  return s(
    "g",
    { class: plan.rowHeight < DENSE_ROW ? "mw-dense" : null },
    s("text.mw-panel-title", { x: left, y: top - TITLE_RAISE }, panel.column.name),
    s("rect.mw-panel-ground", { x: left, y: top, width, height }),
    ...drawGrid(panel),
    drawAxisTitle(panel, kind, unit),
    drawReference(panel, kind),
    kind === "qq" && drawQuantileLine(panel, quantileScale(modes, panel)),
    ...(isRidged ? drawRidges(panel, modes, plan.rowHeight * RIDGE) : []),
    drawIntervals("mw-interval", line, unclear),
    drawIntervals("mw-interval mw-clear", thick, clear),
    ...(isRidged
      ? []
      : [
          drawDots("mw-dot", dot, unclear),
          dot > HOLLOW_DOT && drawDots("mw-dot mw-hole", dot - RIM, unclear),
          drawDots("mw-dot mw-clear", dot, clear),
        ]),
    ...(kind === "qq" ? drawQuantileNames(panel, modes) : []),
  );
}

const drawIntervals = (name: string, width: number, marks: Marks): SVGPathElement =>
  s("path", { class: name, "stroke-width": width, d: intervalPath(marks) });

const drawDots = (name: string, width: number, marks: Marks): SVGPathElement =>
  s("path", { class: name, "stroke-width": width, d: dotPath(marks) });

function drawGrid(panel: Panel): SVGElement[] {
  const { left, top, width, height } = panel;
  return axisTicks(panel).flatMap((value) => {
    const at = panel.x(value);
    const x = Math.min(Math.max(at, left + TICK_MARGIN), left + width - TICK_MARGIN);
    return [
      s("path.mw-grid-line", { d: `M${at} ${top}v${height}` }),
      s("text.mw-tick", { x, y: top + height + TICK_DROP, "text-anchor": "middle" }, tickText(value, panel.x.domain)),
    ];
  });
}

function drawAxisTitle({ left, top, width, height }: Panel, kind: Kind, unit: string): SVGTextElement {
  const place = { x: left + width / 2, y: top + height + TITLE_DROP, "text-anchor": "middle" };
  return s("text.mw-tick", { ...place }, axisTitle(kind, width, unit));
}

/** At least three values, so that the scale can be read. */
function axisTicks({ x, width }: Panel): number[] {
  const count = Math.max(2, Math.floor(width / PIXELS_PER_TICK));
  const values = ticks(x.domain, count);
  return values.length >= 3 || width < 100 ? values : ticks(x.domain, count + 2);
}

/** Zero for modes; the fixed effect, where every mode is zero, for coefficients. */
function drawReference({ x, shift, left, top, width, height, column }: Panel, kind: Kind): SVGElement {
  const line = s("path.mw-zero", { d: `M${x(shift)} ${top}v${height}` });
  if (kind !== "coef") return line;
  const label = column.has_fixed ? `average ${signif(shift)}` : "no fixed effect";
  const place = { class: "mw-tick", x: left + width, y: top - TITLE_RAISE, "text-anchor": "end" };
  return s("g", {}, line, s("text", place, label));
}

function drawNames(plan: Layout, panel: Panel, modes: Modes): SVGGElement {
  const step = plan.rowHeight >= NAMED_ROW ? 1 : Math.ceil(NAME_STEP / plan.rowHeight);
  const texts: SVGElement[] = [];
  for (let i = 0; i < plan.visible.length; i += step) {
    const name = modes.levels[plan.visible[i]!]!;
    const label = drawLabel("mw-level", plan.gutter, panel.y[i]!, shortened(name, MAX_NAME));
    if (name.length > MAX_NAME) label.append(s("title", {}, name));
    texts.push(label);
  }
  return s("g", {}, ...texts);
}

function drawQuantileAxis(panel: Panel, modes: Modes): SVGGElement {
  const y = quantileScale(modes, panel);
  const labels = ticks(y.domain, 5).map((value) =>
    drawLabel("mw-tick", panel.left, y(value), signif(value, 2).replace(/\.0$/, "")),
  );
  const [x, y0] = [panel.left - TITLE_LEFT, panel.top + panel.height / 2];
  const turned = { class: "mw-tick", "text-anchor": "middle", transform: `rotate(-90 ${x} ${y0})` };
  return s("g", {}, ...labels, s("text", { ...turned, x, y: y0 }, QUANTILES));
}

/** A text that ends left of a place. */
function drawLabel(name: string, left: number, middle: number, text: string): SVGTextElement {
  return s("text", { class: name, x: left - NAME_MARGIN, y: middle + BASELINE, "text-anchor": "end" }, text);
}
