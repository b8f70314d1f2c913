/** The structures visited so far; a click goes back to one. */
import { scroller } from "../../dom/controls.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import { drawLadder } from "./draw.ts";

export function ladder(context: Context): Part {
  const el = scroller("Structures visited", "mw-scroll mw-ladder");
  const goTo = (key: number): void => context.send({ action: "goto", key });
  const update = (): void => {
    const view = context.ladder;
    if (view) keepFocus(el, "key", () => el.replaceChildren(drawLadder(view, goTo)));
  };
  context.on("ladder", update);
  update();
  return { el };
}
