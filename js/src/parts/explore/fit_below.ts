/** The explorer of the fit: a widget of its own, below the choices. */
import { h } from "../../dom/element.ts";
import type { Context } from "../../host/context.ts";

export interface FitBelow {
  update: (fits: number) => Promise<void>;
  stop: () => void;
}

/** `came` hears of each new fit. */
export function fitBelow(context: Context, el: HTMLElement, came: () => void): FitBelow {
  const place = h("div.mw-fit-below");
  let shown = 0;
  let ending: AbortController | null = null;
  const update = async (fits: number): Promise<void> => {
    const ref = context.view<string & object>("fitted");
    if (fits === shown || !(ref && context.host)) return;
    shown = fits;
    ending?.abort();
    const ender = new AbortController();
    ending = ender;
    const widget = await context.host.getWidget(String(ref));
    if (ender.signal.aborted) return;
    const inside = h("div");
    await widget.render({ el: inside, signal: ender.signal });
    if (ender.signal.aborted) return;
    place.replaceChildren(inside);
    el.closest(".mw")?.after(place);
    came();
  };
  const stop = (): void => {
    ending?.abort();
    place.remove();
  };
  return { update, stop };
}
