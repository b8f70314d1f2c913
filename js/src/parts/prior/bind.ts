/** The dial for a weak prior: turned, it refits in the kernel; let go, it leaves an entry in the ladder. */
import type { Context, Part } from "../../host/context.ts";
import type { PriorChoice } from "../../types.ts";
import { drawDial } from "./draw.ts";

/** What the dial stands at this long after the last key or the release of the pointer is kept. */
const REST_MS = 400;

export function priorDial(context: Context): Part {
  /** What the dial was turned to and is not kept yet. */
  let turned: PriorChoice | null = null;
  /** Whether a fit was under way when it was turned, so that its own is still to be asked for. */
  let isLate = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a prior was needed or there; the card opens and closes when this changes, else it stays as it was left. */
  let wasWanted: boolean | null = null;

  const update = (): void => {
    const view = context.prior;
    dial.el.hidden = view === null;
    if (!view) return;
    const prior = turned ?? context.choice.prior;
    dial.show(view, prior);
    const isWanted = view.is_needed || prior.family !== "none";
    if (isWanted !== wasWanted) dial.el.open = isWanted;
    wasWanted = isWanted;
  };
  const choose = (prior: PriorChoice, isDraft: boolean): void => {
    context.choose({ ...context.choice, prior }, isDraft);
    update();
  };
  const keep = (prior: PriorChoice): void => {
    clearTimeout(timer);
    turned = null;
    choose(prior, false);
  };
  const chooseFamily = (family: string): void => {
    const strongest = context.prior!.stops.at(-1)!;
    keep({ family, strength: strongest.strength });
  };
  const turn = (): void => {
    const { strength } = context.prior!.stops[dial.slider.valueAsNumber]!;
    turned = { family: strength > 0 ? "wishart" : "none", strength };
    clearTimeout(timer);
    isLate = !context.isSettled;
    if (isLate) update();
    else choose(turned, true);
  };
  const release = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => turned && keep(turned), REST_MS);
  };
  const dial = drawDial(chooseFamily, () => keep({ family: "wishart", strength: null }));
  dial.slider.addEventListener("input", turn);
  dial.slider.addEventListener("change", release);
  context.on("prior", update);
  context.on("status", () => {
    if (turned && isLate && context.isSettled) turn();
    else update();
  });
  update();
  return { el: dial.el, stop: () => clearTimeout(timer) };
}
