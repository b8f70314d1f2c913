/** Levels in the plane of two effects: arrows from their own estimates to the model's, on the hill of the Gaussian. */
import { round } from "../../core/path.ts";
import { s } from "../../dom/element.ts";
import {
  type Area,
  areaIn,
  clipped,
  drawGround,
  drawSvg,
  drawText,
  drawXAxis,
  drawYAxis,
  type Size,
} from "../axes/draw.ts";
import { drawCloud } from "./cloud.ts";
import { hasOwn, type Shrinkage, type Stand } from "./data.ts";
import type { Drawing } from "./draw.ts";
import { around, type Box, Labels, type Place } from "./labels.ts";
import { diamond, MANY } from "./marks.ts";
import { type Plan, planned } from "./plan.ts";

const MARGIN = { left: 46, top: 20, right: 8, bottom: 36 };
const ELLIPSE_STEPS = 72;
/** Stops on an ellipse where its label may stand, the first one first. */
const LABEL_STEPS = [54, 18, 36, 0, 45, 63, 9, 27, 51, 57];
const REACH = 22;
/** Nearer than this, complete pooling and the average are one mark. */
const APART = 14;
/** With more levels than this, names keep off each other, not off the marks of all levels. */
const MOST_KEPT_OFF = 300;
const MOST_NAMES = 8;
const LETTER = 6.2;

export function drawPlane(data: Shrinkage, now: Stand, size: Size, isLast: boolean): Drawing {
  const area = areaIn(size, MARGIN);
  const plan = planned(data, now, area);
  const labels = new Labels(area);
  const overlay = s("g");
  const centre = centreOf(plan, now);
  keepOff(plan, labels, centre);
  const hill = isLast ? [] : drawHill(plan, now);
  const marks = clipped(
    area,
    ...hill.map(({ path }) => path),
    ...drawLines(plan),
    ...drawCloud(plan),
    // the ground of many levels is not seen
    ...(data.n > MANY ? drawRims(hill) : []),
    ...drawCentres(plan, now, labels),
  );
  for (const { text, places } of hill) labels.put(text, () => places, "mw-hill-name");
  nameLines(plan, labels, size.width);
  const named = nameLevels(plan, labels);
  const svg = drawSvg(
    "mw-svg mw-shrink",
    size,
    "",
    drawGround(area),
    ...drawXAxis(area, plan.x),
    ...drawYAxis(area, plan.y),
    drawText(titled(data, 1, area.width), 0, 11, "start"),
    drawText(titled(data, 0, area.width), area.left + area.width / 2, size.height - 4, "middle"),
    marks,
    ...labels.texts,
    overlay,
  );
  return {
    svg,
    overlay,
    nearest: (px, py) => nearest(plan, px, py),
    spot: (level) => {
      // the spot has a name of its own, which may stand elsewhere
      for (const [other, text] of named) text.style.display = other === level ? "none" : "";
      return level < 0 ? [] : drawSpot(plan, area, level);
    },
  };
}

/** The title of an axis; where it is too long the effect and its unit. */
export function titled(data: Shrinkage, i: number, room: number): string {
  const { title, name, unit } = data.view.effects[i]!;
  if (title.length * LETTER <= room) return title;
  return unit ? `${name} (${unit})` : name;
}

const centreOf = ({ x, y }: Plan, { centre }: Stand): Place => [x(centre[0]!), y(centre[1]!)];

interface Contoured {
  path: SVGElement;
  text: string;
  places: Place[];
}

/** The ellipses of the estimated Gaussian, the widest first. */
function drawHill({ data, x, y }: Plan, { centre, spread }: Stand): Contoured[] {
  const [l11, l21, l22] = spread as unknown as [number, number, number];
  if (!(l11 > 0 || l22 > 0)) return [];
  return data.view.contours.map(({ label, radius: r }) => {
    const at = Array.from({ length: ELLIPSE_STEPS }, (_, i): Place => {
      const [cos, sin] = [Math.cos((2 * Math.PI * i) / ELLIPSE_STEPS), Math.sin((2 * Math.PI * i) / ELLIPSE_STEPS)];
      return [x(centre[0]! + r * l11 * cos), y(centre[1]! + r * (l21 * cos + l22 * sin))];
    });
    const d = `M${at.map(([px, py]) => `${round(px)} ${round(py)}`).join("L")}Z`;
    const places = LABEL_STEPS.map((i): Place => [at[i]![0] - 13, at[i]![1] + 4]);
    return { path: s("path.mw-hill", { d }), text: label, places };
  });
}

/** Where levels may be whose rows fit equally well anywhere on a line. */
function drawLines({ data, x, y }: Plan): SVGElement[] {
  const d = data.view.lines.map(({ a, b, c }) => {
    const [low, high] = Math.abs(a) > Math.abs(b) ? y.domain : x.domain;
    const at = (value: number): string => {
      const [px, py] = Math.abs(a) > Math.abs(b) ? [(c - b * value) / a, value] : [value, (c - a * value) / b];
      return `${round(x(px))} ${round(y(py))}`;
    };
    return `M${at(low)}L${at(high)}`;
  });
  return d.length > 0 ? [s("path.mw-open-line", { d: d.join("") })] : [];
}

const drawRims = (hill: Contoured[]): SVGElement[] =>
  hill.map(({ path }) => s("path.mw-rim", { d: path.getAttribute("d") }));

/** The average, and complete pooling where that is elsewhere; with their names. */
function drawCentres(plan: Plan, now: Stand, labels: Labels): SVGElement[] {
  const [cx, cy] = centreOf(plan, now);
  const [ax, ay] = [plan.x(plan.data.pooled[0]!), plan.y(plan.data.pooled[1]!)];
  const isApart = Math.hypot(ax - cx, ay - cy) > APART;
  const isFew = plan.data.n <= MANY;
  if (Number.isFinite(cx + cy)) labels.put("average", near(cx, cy), "mw-mark-name", isFew);
  if (isApart) labels.put("complete pooling", around(ax, ay, 9), "mw-pooled-name");
  return [
    ...(isApart ? [s("path.mw-centre mw-pooled", { d: diamond(ax, ay, 6) })] : []),
    ...(Number.isFinite(cx + cy) ? [s("path.mw-centre", { d: diamond(cx, cy, 7) })] : []),
  ];
}

/** The places around the average, close to it first. */
const near =
  (x: number, y: number) =>
  (width: number): Place[] =>
    [10, 18].flatMap((gap) => around(x, y, gap)(width));

/** Keeps names off the average, off all dots and off the shafts of arrows. */
function keepOff({ data, model, own, rim }: Plan, labels: Labels, [cx, cy]: Place): void {
  labels.take([cx - 8, cy - 8, 16, 16]);
  if (data.n > MOST_KEPT_OFF) return;
  for (let level = 0; level < data.n; level++) {
    const [[mx, my], r] = [model(level), rim(level)];
    labels.take([mx - r, my - r, 2 * r, 2 * r]);
    if (!hasOwn(data, level)) continue;
    const [ox, oy] = own(level);
    labels.take([ox - 3, oy - 3, 6, 6]);
    const parts = Math.floor(Math.hypot(mx - ox, my - oy) / 7);
    for (let i = 1; i < parts; i++) {
      const [px, py] = [ox + ((mx - ox) * i) / parts, oy + ((my - oy) * i) / parts];
      labels.take([px - 1, py - 1, 2, 2] satisfies Box);
    }
  }
}

function nameLines({ data, area, x, y }: Plan, labels: Labels, width: number): void {
  for (const { a, b, c, words, short } of data.view.lines) {
    const text = width > 420 ? words : short;
    const heights = [area.top + area.height - 6, area.top + 12, area.top + area.height - 20, area.top + 26];
    const at = (py: number): number => (a === 0 ? area.left + 4 : x((c - b * y.invert(py)) / a));
    labels.put(
      text,
      (w) =>
        heights.flatMap((py): Place[] => [
          [at(py) + 5, py],
          [at(py) - w - 5, py],
        ]),
      "mw-level-name",
    );
  }
}

/** Names at the own estimates, those that the model moves farthest first; returns the names that found a place. */
function nameLevels({ data, x, y, own }: Plan, labels: Labels): Map<number, SVGElement> {
  const { n, names } = data;
  const end = data.estimate.coef;
  const length = (level: number): number => {
    const [ox, oy] = own(level);
    return Math.hypot(ox - x(end[level]!), oy - y(end[n + level]!));
  };
  const known = Array.from({ length: n }, (_, level) => level).filter((level) => hasOwn(data, level));
  const ranked = known.map((level): Place => [level, length(level)]).sort((p, q) => q[1] - p[1]);
  const named = new Map<number, SVGElement>();
  for (const [level] of ranked.slice(0, n > MANY ? MOST_NAMES : MANY)) {
    const [ox, oy] = own(level);
    const text = labels.put(names[level]!, around(ox, oy, 6), "mw-level-name");
    if (text) named.set(level, text);
  }
  return named;
}

/** The level whose dots are nearest, -1 if none is near. */
function nearest({ data, model, own }: Plan, px: number, py: number): number {
  let [best, distance] = [-1, REACH];
  const look = (level: number, [x, y]: Place): void => {
    const away = Math.hypot(x - px, y - py);
    if (away < distance) [best, distance] = [level, away];
  };
  for (let level = 0; level < data.n; level++) {
    look(level, model(level));
    if (hasOwn(data, level)) look(level, own(level));
  }
  return best;
}

function drawSpot({ data, model, own, rim }: Plan, area: Area, level: number): SVGElement[] {
  const [mx, my] = model(level);
  const has = hasOwn(data, level);
  const [ox, oy] = has ? own(level) : [mx, my];
  const labels = new Labels(area);
  labels.put(data.names[level]!, around(ox, oy, 9), "mw-mark-name", true);
  return [
    ...(has
      ? [
          s("path.mw-spot-arrow", { d: `M${round(ox)} ${round(oy)}L${round(mx)} ${round(my)}` }),
          s("circle.mw-spot-own", { cx: ox, cy: oy, r: 4.5 }),
        ]
      : []),
    ...(Number.isFinite(mx + my) ? [s("circle.mw-spot-model", { cx: mx, cy: my, r: rim(level) + 3 })] : []),
    ...labels.texts,
  ];
}
