/** How much room there is on the page. */
import type { Room } from "../../host/room.ts";
import type { Frame } from "./frame.ts";
import type { Space } from "./layout.ts";

/** Width in pixels until the picture stands in the page. */
const FIRST_WIDTH = 640;
const LEAST_HEIGHT = 110;

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
