/** The settings of drawn data: each change draws again with the same seed, the latest wish wins. */
import type { Context, Part } from "../../host/context.ts";
import type { PlaygroundView, Wanted } from "../../types.ts";
import { drawControls } from "./draw.ts";

export type Wish = Omit<Wanted, "number">;
export type Values = Record<string, number | boolean | string>;

export function playground(context: Context): Part {
  let sent = 0;
  /** What was turned while a sample was being drawn, to be asked for when that one is there. */
  let turned: Values = {};
  /** What was asked for and is not answered yet: the controls stay where they were put. */
  let asked: Values = {};

  const view = (): PlaygroundView => context.view<PlaygroundView>("playground")!;
  const isSettled = (): boolean => view().number >= sent && view().state !== "drawing";
  const ask = (wish: Wish): void => {
    sent = Math.max(sent, view().number) + 1;
    context.tell("wanted", { ...wish, number: sent } satisfies Wanted);
  };
  const flush = (): void => {
    asked = turned;
    turned = {};
    ask({ settings: asked, seed: view().seed });
  };
  const turn = (change: Values): void => {
    turned = { ...turned, ...change };
    if (isSettled()) flush();
  };
  const controls = drawControls(view(), {
    turn,
    lesson: (preset) => ask({ preset, seed: view().seed }),
    sample: (n) => ask({ n_samples: n }),
    seed: (seed) => ask({ seed }),
  });
  const update = (): void => {
    if (!context.view("playground")) return;
    if (isSettled()) asked = {};
    if (isSettled() && Object.keys(turned).length > 0) flush();
    controls.show(view(), { ...asked, ...turned }, isSettled(), context.isStored);
  };
  /** Where there is little room, the settings are folded away, so that the pictures are near. */
  const fold = (): void => {
    const { size, isCompact } = context.room;
    controls.fields.open = size !== "narrow" && !isCompact;
  };
  context.on("playground", update);
  context.on("room", fold);
  update();
  fold();
  return { el: controls.el };
}
