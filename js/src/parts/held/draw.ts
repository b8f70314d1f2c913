/** What the notebook's name holds. */
import { h } from "../../dom/element.ts";
import type { HeldView } from "../../types.ts";

export function drawHeld({ name, formula, also }: HeldView, isShown: boolean): (Node | string)[] {
  const holder = h("code", {}, name);
  if (!isShown) return [holder, " is still ", h("code", {}, formula)];
  if (also.length === 0) return [holder, " is this model"];
  const others = also.flatMap((other, i) => [i > 0 ? " and " : "", h("code", {}, other)]);
  return [holder, " is this model now, and so ", also.length > 1 ? "are " : "is ", ...others];
}
