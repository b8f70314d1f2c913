/** The estimates of all samples: a dot plot for each parameter, its truth, how often the intervals held it. */
import { button } from "../../dom/controls.ts";
import { h } from "../../dom/element.ts";
import type { Context, Part } from "../../host/context.ts";
import type { PlaygroundView, Wanted } from "../../types.ts";
import { drawParameter } from "./draw.ts";

const FIRST_WIDTH = 480;
const MAX_WIDTH = 760;
const HEIGHTS = { roomy: 52, compact: 38 };

export function record(context: Context): Part {
  const about = h("p.mw-note", { role: "status" });
  const forget = (): void => {
    const { number } = context.view<PlaygroundView>("playground")!;
    context.tell("wanted", { number: number + 1, n_samples: 0, forget: true } satisfies Wanted);
  };
  const anew = button("Begin anew", forget, { title: "Empty the record; the data that are shown stay" });
  const rows = h("div.mw-record-rows");
  const el = h("div.mw-record", {}, h("div.mw-row", {}, about, anew), rows);

  const update = (): void => {
    const view = context.view<PlaygroundView>("playground");
    if (!view) return;
    const { formula, seeds, parameters } = view.record;
    const width = Math.min(MAX_WIDTH, rows.clientWidth || FIRST_WIDTH);
    const height = context.room.isCompact ? HEIGHTS.compact : HEIGHTS.roomy;
    const n = seeds.length;
    about.textContent =
      n === 0
        ? "No samples yet: draw a new one."
        : `${n} sample${n === 1 ? "" : "s"} of ${formula}, a dot each. Line: the truth; ring: the last sample (seed ${seeds.at(-1)}) with its 95 % interval.`;
    rows.replaceChildren(...parameters.map((parameter) => drawParameter(parameter, width, height)));
  };
  const resized = new ResizeObserver(update);
  resized.observe(rows);
  context.on("playground", update);
  context.on("room", update);
  update();
  return { el, shown: update, stop: () => resized.disconnect() };
}
