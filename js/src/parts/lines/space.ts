/** How much room there is: on the page, and on the axes. */
import type { Room } from "../../host/room.ts";
import type { LinesView } from "../../types.ts";
import type { Frame } from "./frame.ts";
import type { Space } from "./layout.ts";

/** Width in pixels until the picture stands in the page. */
const FIRST_WIDTH = 640;
const LEAST_HEIGHT = 110;
const PAD = 0.04;

export function spaceOf(room: Room, frame: Frame, width: number): Space {
  const { isCompact } = room;
  return {
    width: width || FIRST_WIDTH,
    height: heightLeft(isCompact, frame),
    isNarrow: room.size === "narrow",
    isCompact,
  };
}

/** The height that a compact pane leaves between controls and words. */
function heightLeft(isCompact: boolean, { el, picture, row }: Frame): number {
  const pane = isCompact && el.closest(".mw-area-main");
  if (!pane) return Infinity;
  const above = picture.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
  return Math.max(LEAST_HEIGHT, Math.floor(pane.clientHeight - above - row.offsetHeight - 8));
}

/** The ranges of y, which only grow while structures of one model are clicked, so that lines move and axes do not. */
export class Domains {
  readonly #known = new Map<string, [number, number]>();

  of({ y_title, x, group, colour, y_range, line_range }: LinesView): [number, number] {
    const family = JSON.stringify([y_title, x, group, colour]);
    const ends = [...(this.#known.get(family) ?? y_range), ...y_range, ...line_range];
    const range: [number, number] = [Math.min(...ends), Math.max(...ends)];
    this.#known.set(family, range);
    const pad = (range[1] - range[0]) * PAD;
    return [range[0] - pad, range[1] + pad];
  }
}
