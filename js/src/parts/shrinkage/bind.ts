/** Shrinkage with its slider from complete to no pooling: a draft that looks at the fit and never changes it. */
import { select } from "../../dom/controls.ts";
import { keepFocus } from "../../dom/focus.ts";
import type { Context, Part } from "../../host/context.ts";
import type { ShrinkageView } from "../../types.ts";
import { type Asking, asked } from "../asked/bind.ts";
import { Beside } from "./beside.ts";
import { curveEnds, drawCurve } from "./curve.ts";
import { between, decodeShrinkage, type Shrinkage, type Stand } from "./data.ts";
import { type Drawing, drawFrame, drawPicture, type Frame } from "./draw.ts";
import { type Player, player, wantsStill } from "./player.ts";
import { endWords, levelWords } from "./words.ts";

const FIRST_WIDTH = 640;
const HEIGHTS = { narrow: 310, roomy: 350 };
const CURVE_HEIGHTS = { compact: 96, roomy: 104 };
const LEAST_HEIGHT = 126;
const MOVE_MS = 380;
/** Half the thumb of the slider, which is within its element at both ends. */
const HALF_THUMB = 8;
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function shrinkage(context: Context, slot: HTMLElement | null = null): Part {
  const picture = new Picture(context, slot);
  const resized = new ResizeObserver(() => picture.redraw());
  resized.observe(picture.frame.pair);
  context.on("room", () => picture.redraw());
  context.on("spot", () => picture.mark());
  context.on("fit", () => picture.mark());
  const stop = (): void => {
    resized.disconnect();
    picture.stop();
  };
  return { el: picture.frame.el, shown: () => picture.asking.update(), stop };
}

class Picture {
  readonly frame: Frame;
  readonly asking: Asking;
  readonly #context: Context;
  readonly #player: Player;
  readonly #beside: Beside;
  #data: Shrinkage | null = null;
  #drawing: Drawing | null = null;
  #now: Stand | null = null;
  #stop = 0;
  #said = "";
  #chosen: Record<string, string>;
  #frames = 0;
  /** The levels in the order in which the arrow keys go through them. */
  #order: Int32Array = new Int32Array();

  constructor(context: Context, slot: HTMLElement | null) {
    this.#context = context;
    this.#chosen = context.view("wanted") ?? {};
    this.#player = player(
      (stop) => this.#moveTo(stop),
      () => this.#goHome(),
    );
    this.#beside = new Beside(context, () => this.redraw());
    this.frame = drawFrame(
      slot,
      this.#beside.el,
      () => this.#play(),
      () => this.#goHome(),
    );
    this.asking = asked<ShrinkageView>(
      context,
      "shrinkage",
      this.frame.el,
      () => this.#chosen,
      (view) => this.#take(view),
      (message) => this.#say(message),
    );
    this.#listen();
    this.#say("");
  }

  stop(): void {
    this.#player.stop();
    cancelAnimationFrame(this.#frames);
  }

  /** Draws everything anew, in the room that there is. */
  redraw(): void {
    if (!(this.#data && this.#now)) return;
    const { frame } = this;
    const data = this.#data;
    const { isCompact, size } = this.#context.room;
    frame.pair.classList.toggle("mw-two", this.#beside.place(data, frame.pair.clientWidth));
    const width = frame.picture.clientWidth || FIRST_WIDTH;
    const height = isCompact ? this.#heightLeft() : HEIGHTS[size === "narrow" ? "narrow" : "roomy"];
    const isLast = this.#stop === data.view.n_stops - 1;
    this.#drawing = drawPicture(data, this.#now, { width, height }, isLast && !Number.isFinite(this.#now.spread[0]!));
    frame.picture.replaceChildren(this.#drawing.svg);
    this.#beside.draw(this.#now.lines, height);
    this.#drawSlider(data);
    this.mark();
  }

  /** Lights the level that the spot is on, and says its numbers; without one, what the slider's stop means. */
  mark(): void {
    const [data, now, drawing] = [this.#data, this.#now, this.#drawing];
    if (!(data && now && drawing)) return;
    const level = this.#spotted();
    drawing.overlay.replaceChildren(...drawing.spot(level));
    drawing.svg.classList.toggle("mw-lit", level >= 0);
    this.#beside.light(data.names[level], now.lines);
    const kept = this.#context.isKept ? " (kept; Esc lets go)" : "";
    const text = level >= 0 ? levelWords(data, now, level) + kept : (data.view.words.stops[this.#stop] ?? "");
    if (this.frame.readout.textContent !== text) this.frame.readout.textContent = text;
  }

  /** Takes what Python sent: everything comes home, and levels walk to their new places. */
  #take(view: ShrinkageView): void {
    if (view === this.#data?.view) return;
    const names = this.#context.modes(view.group)?.levels;
    if (!names) return;
    const data = decodeShrinkage(view, names);
    this.#player.stop();
    this.#data = data;
    this.#stop = view.middle;
    const last = data.estimate.coef.subarray(-data.n);
    this.#order = Int32Array.from(last.keys()).sort((p, q) => last[q]! - last[p]!);
    this.#drawChoices(view);
    this.#walk(data.estimate);
  }

  #say(message: string): void {
    this.#said = message;
    const notes = this.#data?.view.words.notes.join(" ") ?? "";
    this.frame.note.textContent = message || notes;
    this.frame.el.classList.toggle("mw-empty", this.#data === null);
    if (!(this.#said || this.#data))
      this.frame.note.textContent = "The way from complete to no pooling is computed \u2026";
  }

  #moveTo(stop: number): void {
    if (!this.#data) return;
    cancelAnimationFrame(this.#frames);
    this.#stop = stop;
    this.#now = this.#data.at(stop);
    this.redraw();
  }

  #goHome(): void {
    if (!this.#data) return;
    this.#player.stop();
    this.#stop = this.#data.view.middle;
    this.#walk(this.#data.estimate);
  }

  #play(): void {
    if (!this.#data) return;
    const { middle, n_stops } = this.#data.view;
    if (this.#player.isPlaying()) this.#player.stop();
    else this.#player.start(this.#stop, middle, n_stops - 1);
    this.#drawSlider(this.#data);
  }

  /** Moves all marks to where they stand now; at once where nothing should move. */
  #walk(to: Stand): void {
    cancelAnimationFrame(this.#frames);
    const from = this.#now;
    if (!from || wantsStill() || from.coef.length !== to.coef.length || from.coef.some(Number.isNaN)) {
      this.#now = to;
      this.redraw();
      return;
    }
    const begin = performance.now();
    const step = (time: number): void => {
      const share = Math.min(1, Math.max(0, (time - begin) / MOVE_MS));
      this.#now = share < 1 ? between(from, to, share * share * (3 - 2 * share)) : to;
      this.redraw();
      if (share < 1) this.#frames = requestAnimationFrame(step);
    };
    step(begin);
  }

  #drawSlider(data: Shrinkage): void {
    const { curve, slider, ends, play, back } = this.frame;
    const { isCompact } = this.#context.room;
    const { view } = data;
    const height = isCompact ? CURVE_HEIGHTS.compact : CURVE_HEIGHTS.roomy;
    const size = { width: curve.clientWidth || FIRST_WIDTH, height, isCompact };
    const [left, right] = curveEnds(size);
    curve.replaceChildren(drawCurve(data, this.#stop, size));
    slider.max = String(view.n_stops - 1);
    slider.value = String(this.#stop);
    slider.style.cssText = `left: ${left - HALF_THUMB}px; width: ${right - left + 2 * HALF_THUMB}px`;
    slider.setAttribute("aria-valuetext", view.words.stops[this.#stop] ?? "");
    const [complete, none] = endWords(data, size.width, isCompact);
    ends.style.paddingLeft = `${left}px`;
    ends.replaceChildren(
      ...[complete, none].map((text) => Object.assign(document.createElement("span"), { textContent: text })),
    );
    const isPlaying = this.#player.isPlaying();
    play.textContent = isPlaying ? "\u275a\u275a Pause" : "\u25b6 Play";
    back.hidden = isPlaying || this.#stop === view.middle;
  }

  /** Lists of grouping factors and effects, where there is a choice. */
  #drawChoices({ choices, group, effects }: ShrinkageView): void {
    const mine = choices.find((one) => one.group === group)?.effects ?? [];
    const listed = (values: string[]) => values.map((value) => ({ value, label: value }));
    const choose = (change: Record<string, string>): void => {
      this.#chosen = { ...this.#chosen, ...change };
      this.asking.update();
    };
    const axes = ["x_term", "y_term"].map((axis, i) =>
      select(i ? "Up" : "Across", axis, listed(mine), effects[i]?.name ?? "", (name) => {
        const other = effects[1 - i]!.name;
        const swapped = other === name ? effects[i]!.name : other;
        choose({ group, [axis]: name, [i ? "x_term" : "y_term"]: swapped });
      }),
    );
    const groups = select("Group", "group", listed(choices.map((one) => one.group)), group, (name) => {
      this.#chosen = { group: name };
      this.asking.update();
    });
    const shown = [...(choices.length > 1 ? [groups] : []), ...(mine.length > 2 ? axes : [])];
    keepFocus(this.frame.choices, "control", () => this.frame.choices.replaceChildren(...shown));
  }

  /** The height that a compact pane leaves below the picture's top. */
  #heightLeft(): number {
    const { picture } = this.frame;
    const pane = picture.closest(".mw-area-main");
    if (!pane || picture.clientWidth === 0) return HEIGHTS.narrow;
    const above = picture.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    return Math.max(LEAST_HEIGHT, Math.floor(pane.clientHeight - above - 4));
  }

  #listen(): void {
    const { picture, slider } = this.frame;
    slider.addEventListener("input", () => {
      this.#player.stop();
      this.#moveTo(slider.valueAsNumber);
    });
    picture.addEventListener("pointermove", (event) => this.#pointAt(event));
    picture.addEventListener("pointerleave", () => this.#context.point(null));
    picture.addEventListener("click", () => this.#context.keep());
    picture.addEventListener("keydown", (event) => {
      if (this.#obeyKey(event.key)) event.preventDefault();
    });
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    const [drawing, data] = [this.#drawing, this.#data];
    if (!(drawing && data)) return;
    const box = drawing.svg.getBoundingClientRect();
    this.#light(drawing.nearest(clientX - box.left, clientY - box.top));
  }

  #light(level: number): void {
    const data = this.#data!;
    this.#context.point(level < 0 ? null : { group: data.view.group, level: data.names[level]! });
  }

  #obeyKey(key: string): boolean {
    if (key === "Enter" || key === " ") this.#context.keep();
    else if (key === "Escape") {
      this.#context.keep(false);
      this.#context.point(null);
    } else if (STEPS[key] && this.#data) {
      const { n } = this.#data;
      const at = this.#order.indexOf(this.#spotted());
      this.#light(this.#order[at < 0 ? 0 : (at + STEPS[key] + n) % n]!);
    } else return false;
    return true;
  }

  /** The position of the level that the spot is on, -1 if it is on none of this factor. */
  #spotted(): number {
    const { spot } = this.#context;
    return this.#data && spot?.group === this.#data.view.group ? this.#data.names.indexOf(spot.level) : -1;
  }
}
