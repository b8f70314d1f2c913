/** The marks of all levels of a plane: own estimates, those of the model, and arrows between them. */
import { disc } from "../../core/path.ts";
import { s } from "../../dom/element.ts";
import { hasOwn } from "./data.ts";
import { arrow, dots, drawMarks, MANY, noMarks, shrunk, VERY_MANY } from "./marks.ts";
import type { Plan } from "./plan.ts";

const OWN_RADIUS = 3;

export const drawCloud = (plan: Plan): SVGElement[] => (plan.data.n > VERY_MANY ? drawCrowd(plan) : drawLevels(plan));

function drawLevels({ data, model, own, rim }: Plan): SVGElement[] {
  const { n } = data;
  const paths = noMarks();
  const ownRadius = n > MANY ? 2 * shrunk(n) + 0.6 : OWN_RADIUS;
  for (let level = 0; level < n; level++) {
    const [mx, my] = model(level);
    if (Number.isFinite(mx + my)) paths.model += disc(mx, my, rim(level));
    if (!hasOwn(data, level)) continue;
    const [ox, oy] = own(level);
    const { shaft, head } = arrow(ox, oy, mx, my, rim(level) + 1);
    paths.shaft += shaft;
    paths.head += head;
    paths.own += disc(ox, oy, ownRadius);
  }
  return drawMarks(paths, n);
}

/** Thousands of levels: shafts without heads, and dots of a few sizes. */
function drawCrowd({ data, model, own, rim }: Plan): SVGElement[] {
  const levels = Array.from({ length: data.n }, (_, level) => level);
  const shafts = levels.map((level) => {
    const [[ox, oy], [mx, my]] = [own(level), model(level)];
    const isSeen = Math.abs(ox - mx) + Math.abs(oy - my) > 4;
    return isSeen ? `M${Math.round(ox)} ${Math.round(oy)}L${Math.round(mx)} ${Math.round(my)}` : "";
  });
  const sized = (of: (level: number) => [number, number, number]) =>
    dots(levels.map(of).filter(([x, y]) => Number.isFinite(x + y)));
  const draw = (className: string, paths: Map<number, string>): SVGElement[] =>
    [...paths].map(([width, d]) => s("path", { class: className, "stroke-width": width, d }));
  return [
    s("path.mw-arrow mw-many", { d: shafts.join("") }),
    ...draw(
      "mw-own-speck",
      sized((level) => [...own(level), 1]),
    ),
    ...draw(
      "mw-model-speck",
      sized((level) => [...model(level), rim(level)]),
    ),
  ];
}
