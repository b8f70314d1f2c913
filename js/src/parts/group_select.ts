/** The list of grouping factors, where there are several: the plot and the table of levels show the same one. */
import { select } from "../dom/controls.ts";
import type { Context } from "../host/context.ts";

export function groupSelect(context: Context): HTMLElement[] {
  const { groups } = context;
  if (groups.length < 2) return [];
  const options = groups.map((group) => ({ value: group, label: group }));
  const chosen = (group: string): void => context.setUi({ group, window: null, order: 0 });
  return [select("Group", "group", options, context.ui.group, chosen)];
}
