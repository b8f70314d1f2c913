/** What the notebook's name holds. */
import { h } from "../../dom/element.ts";
import type { KeptView } from "../../types.ts";

export function drawHeld({ name, formula }: KeptView, isShown: boolean): (Node | string)[] {
  const holder = h("code", {}, name);
  return isShown ? [holder, " is this model"] : [holder, " is still ", h("code", {}, formula)];
}
