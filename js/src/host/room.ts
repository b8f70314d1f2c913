/** The room that a widget has: its width, and how much of what scrolls around it can be seen. */

/** One column, two with a slim picker, two. */
export type Size = "narrow" | "mid" | "wide";

export interface Room {
  size: Size;
  /** Whether the widget is as tall as what can be seen, its two panes scrolling, as on a projector. */
  isCompact: boolean;
}

export const ROOMY: Room = { size: "wide", isCompact: false };

const MID = 640;
const WIDE = 960;
/** Lower than this (with its margin), picker and picture do not fit below each other; narrower, they do not fit side by side. */
const COMPACT_HEIGHT = 520;
const COMPACT_WIDTH = 560;
/** What a page keeps around a widget. */
const MARGIN = 8;
/** A page that scrolls has at least so much that is not in view. */
const SCROLLS = 40;

/** Keeps `data-size`, `data-compact` and the height of a widget up to date; `changed` hears of each new room. */
export function followRoom(
  root: HTMLElement,
  canBeCompact: boolean,
  changed: (room: Room) => void,
): { measure: () => void; stop: () => void } {
  let scroller: Element | null = null;
  let last = "";
  const visibleHeight = (): number => {
    if (root.matches(":fullscreen")) return window.innerHeight;
    if (!scroller?.isConnected) {
      scroller = scrollerOf(root);
      if (scroller) resized.observe(scroller);
    }
    return (scroller?.clientHeight ?? Infinity) - MARGIN;
  };
  const measure = (): void => {
    const width = root.clientWidth;
    if (width === 0) return;
    const height = visibleHeight();
    const isCompact = canBeCompact && height < COMPACT_HEIGHT && width >= COMPACT_WIDTH;
    const size = sizeOf(width, isCompact);
    root.style.height = isCompact ? `${height}px` : "";
    root.toggleAttribute("data-compact", isCompact);
    root.dataset.size = size;
    const now = `${size} ${root.style.height}`;
    if (now !== last) changed({ size, isCompact });
    last = now;
  };
  const resized = new ResizeObserver(measure);
  resized.observe(root);
  window.addEventListener("resize", measure);
  const stop = (): void => {
    resized.disconnect();
    window.removeEventListener("resize", measure);
  };
  return { measure, stop };
}

function sizeOf(width: number, isCompact: boolean): Size {
  if (width >= WIDE) return "wide";
  return width >= MID || isCompact ? "mid" : "narrow";
}

/** The nearest element around that scrolls downwards; a frame that grows with its content shows all of it. */
function scrollerOf(root: HTMLElement): Element | null {
  for (let around = parentOf(root); around && around !== document.body; around = parentOf(around)) {
    const { overflowY, maxHeight } = getComputedStyle(around);
    if (/auto|scroll/.test(overflowY) && maxHeight === "none" && scrolls(around)) return around;
  }
  const page = document.scrollingElement;
  return page && window.parent === window && scrolls(page) ? page : null;
}

const scrolls = (element: Element): boolean => element.scrollHeight > element.clientHeight + SCROLLS;

const parentOf = (element: Element): Element | null =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;

/** Brings the whole of a compact widget into view. */
export function showWhole(root: HTMLElement): void {
  if (root.hasAttribute("data-compact")) root.scrollIntoView({ block: "nearest" });
}
