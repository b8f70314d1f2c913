/** Asks for a picture as long as it is in view: of each fit that is shown, with what is chosen at the moment. */
import type { Context, Late } from "../../host/context.ts";

export interface Asking {
  /** Asks unless the answer is there; to be called when something else is chosen, or the picture comes into view. */
  update(): void;
}

/**
 * Follows a picture.
 *
 * `options` gives what is wanted of it; `draw` takes each view that comes, `say` why there is none.
 */
export function asked<View>(
  context: Context,
  name: Late,
  el: HTMLElement,
  options: () => Record<string, unknown>,
  draw: (view: View) => void,
  say: (message: string) => void,
): Asking {
  let last = "";
  // whether what was asked last has been answered, or is under way
  let isHeard = false;
  const update = (): void => {
    if (!(context.fit && context.isSettled && isInView(el))) return;
    const answer = context.picture<View>(name);
    const wanted = JSON.stringify([context.fit.key, options()]);
    const isMine = answer !== null && JSON.stringify([answer.of, answer.options]) === wanted;
    // a saved page has one answer, whatever was chosen for it
    if (answer && (context.isStored || isMine)) {
      isHeard = true;
      take(answer.view, answer.message);
    } else if (context.isStored) say(NOT_SAVED);
    // two parts may ask for the same picture in other ways: the one that is looked at asks once more
    else if (last !== wanted || isHeard) {
      last = wanted;
      isHeard = false;
      context.ask(name, options());
    }
  };
  const take = (view: View | null, message: string): void => {
    if (view) draw(view);
    say(message);
  };
  for (const topic of ["fit", "status", name] as const) context.on(topic, update);
  return { update };
}

const NOT_SAVED = "This was not saved with the page: run the cell to see it.";

const isInView = (el: HTMLElement): boolean => el.isConnected && !el.closest("[hidden]");
