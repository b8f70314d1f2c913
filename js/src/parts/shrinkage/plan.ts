/** Where the levels of a plane are in pixels. */
import { linear, type Scale } from "../../core/scale.ts";
import type { Area } from "../axes/draw.ts";
import type { Shrinkage, Stand } from "./data.ts";
import type { Place } from "./labels.ts";
import { radius, shrunk } from "./marks.ts";

/** Levels and scales in pixels. */
export interface Plan {
  data: Shrinkage;
  area: Area;
  x: Scale;
  y: Scale;
  /** Where each level is, by the model and by its own rows. */
  model: (level: number) => Place;
  own: (level: number) => Place;
  rim: (level: number) => number;
}

/** The plan of a plane at one stand of its levels. */
export function planned(data: Shrinkage, now: Stand, area: Area): Plan {
  const { n, own, size, largest } = data;
  const x = linear(data.view.ranges[0]!, [area.left, area.left + area.width]);
  const y = linear(data.view.ranges[1]!, [area.top + area.height, area.top]);
  const shrink = shrunk(n);
  return {
    data,
    area,
    x,
    y,
    model: (level) => [x(now.coef[level]!), y(now.coef[n + level]!)],
    own: (level) => [x(own[level]!), y(own[n + level]!)],
    rim: (level) => radius(size[level]!, largest) * shrink,
  };
}
