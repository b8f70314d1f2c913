/** The controls of drawn data, made once; `show` writes the settings into them. */
import { button, fold, select } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";
import { focusedIn } from "../../dom/focus.ts";
import type { PlaygroundView, Slider } from "../../types.ts";
import type { Values } from "./bind.ts";

const MANY = 20;
const STORED = "Run the cell to draw other samples.";

export interface Handlers {
  turn: (change: Values) => void;
  lesson: (name: string) => void;
  sample: (n: number) => void;
  seed: (seed: number) => void;
}

export interface Controls {
  el: HTMLElement;
  fields: HTMLDetailsElement;
  show: (view: PlaygroundView, turned: Values, isSettled: boolean, isStored: boolean) => void;
}

/** A control of one setting: its element, and how it takes a value. */
interface Setting {
  el: HTMLElement;
  name: string;
  put: (value: number | boolean | string) => void;
  /** Whether it means something among these settings. */
  isOf: (values: Record<string, unknown>) => boolean;
}

const always = (): boolean => true;

export function drawControls(view: PlaygroundView, on: Handlers): Controls {
  const own = { value: "", label: "Own settings" };
  const lessons = view.presets.map(({ name, label }) => ({ value: name, label }));
  const lesson = select("Lesson", "lesson", [own, ...lessons], view.preset, (name) => name && on.lesson(name));
  const list = lesson.querySelector("select")!;
  const look = h("p.mw-note mw-look");
  const said = h("p.mw-note", { role: "status" });
  const seed = numberField("Seed", 0, 2 ** 31 - 1, 1, on.seed);
  const settings = [
    familyOf(on.turn),
    ...view.switches.map(({ name, label }) => switchOf(name, label, on.turn)),
    ...view.sliders.map((slider) => sliderOf(slider, on.turn)),
  ];
  const samples = h(
    "div.mw-samples",
    {},
    button("New sample", () => on.sample(1), { "data-control": "new-sample" }),
    button(`${MANY} more`, () => on.sample(MANY), { "aria-label": `${MANY} more samples`, "data-control": "many" }),
    h("span.mw-group", {}, h("label", { for: seed.id }, "Seed"), seed),
  );
  const fields = fold("Settings", ...settings.map(({ el }) => el));
  const el = h("div.mw-card mw-playground", {}, lesson, look, samples, said, fields);
  fields.open = true;

  const show = (now: PlaygroundView, turned: Values, isSettled: boolean, isStored: boolean): void => {
    const values: Record<string, unknown> = { ...now.settings, ...turned };
    list.value = now.preset;
    look.textContent = now.look_at;
    if (focusedIn(el) !== seed) seed.value = String(now.seed);
    for (const { name, el: control, put, isOf } of settings) {
      control.hidden = !isOf(values);
      put(values[name] as number | boolean | string);
    }
    el.toggleAttribute("aria-busy", !isSettled);
    const word = isSettled ? now.message : "Drawing \u2026";
    said.textContent = isStored ? STORED : word;
  };
  return { el, fields, show };
}

function familyOf(turn: Handlers["turn"]): Setting {
  const id = uniqueId("family");
  const list = h(
    "select",
    { id, "data-control": "family" },
    h("option", { value: "gaussian" }, "a number"),
    h("option", { value: "binomial" }, "yes or no"),
  );
  list.addEventListener("change", () => turn({ family: list.value }));
  const put = (value: unknown): void => {
    list.value = String(value);
  };
  return {
    el: h("div.mw-group", {}, h("label", { for: id }, "The response is"), list),
    name: "family",
    put,
    isOf: always,
  };
}

function switchOf(name: string, label: string, turn: Handlers["turn"]): Setting {
  const input = h("input", { type: "checkbox", "data-control": name });
  input.addEventListener("change", () => turn({ [name]: input.checked }));
  const put = (value: unknown): void => {
    input.checked = Boolean(value);
  };
  return { el: h("label.mw-switch", {}, input, label), name, put, isOf: always };
}

function sliderOf({ name, label, low, high, step, family, needs }: Slider, turn: Handlers["turn"]): Setting {
  const id = uniqueId(name);
  const range = h("input", { type: "range", id, min: low, max: high, step, "data-control": name });
  const field = numberField(`${label}, as a number`, low, high, step, (value) => turn({ [name]: value }));
  range.addEventListener("input", () => {
    field.value = range.value;
    turn({ [name]: range.valueAsNumber });
  });
  const put = (value: unknown): void => {
    range.value = String(value);
    if (focusedIn(field.parentElement!) !== field) field.value = String(value);
  };
  return {
    el: h("div.mw-slide", {}, h("label", { for: id }, label), range, field),
    name,
    put,
    isOf: (values) => (!family || values.family === family) && (!needs || values[needs] === true),
  };
}

/** A number that is taken when it is entered; one out of range is put right. */
function numberField(
  label: string,
  low: number,
  high: number,
  step: number,
  taken: (value: number) => void,
): HTMLInputElement {
  const id = uniqueId("number");
  const field = h("input", { type: "number", id, "aria-label": label, min: low, max: high, step });
  field.addEventListener("change", () => {
    if (Number.isNaN(field.valueAsNumber)) return;
    field.valueAsNumber = Math.min(high, Math.max(low, field.valueAsNumber));
    taken(field.valueAsNumber);
  });
  return field;
}
