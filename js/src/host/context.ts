/** What the parts of one widget share: the views from Python, the spot, the choices of this widget, the way back. */
import { decodeModes, type Modes } from "../core/decode.ts";
import type {
  Choice,
  Command,
  ExploreCommand,
  FitView,
  FixedTestsView,
  HeldView,
  LadderView,
  PriorView,
  StructureView,
} from "../types.ts";
import type { Load, Pictures } from "./bundle.ts";
import { announce, listen, type Spot } from "./bus.ts";
import { Kernel } from "./kernel.ts";
import { type Answer, type Host, type Model, type ShownStatus, viewOf } from "./model.ts";
import { ROOMY, type Room } from "./room.ts";

export type Kind = "modes" | "coef" | "qq" | "ridges";

/** Choices that stay in the browser. */
export interface Ui {
  group: string;
  /** Position of the ordering term, or -1 for the order of the data. */
  order: number;
  /** Position of the confidence level among those that the fit offers. */
  interval: number;
  kind: Kind;
  /** Whether the table of the fixed effects has ratios instead of effects on the link scale. */
  hasRatios: boolean;
  /** First and one past the last visible rank, or null for all. */
  window: [number, number] | null;
}

/** What the script of the pictures draws, and that script itself; each is a trait of its own. */
export type Late = "pictures" | "effects" | "lines" | "shrinkage" | "explore" | "playground" | "record" | "words";

export type Topic =
  | "fit"
  | "tests"
  | "structure"
  | "ladder"
  | "prior"
  | "held"
  | "news"
  | "status"
  | "spot"
  | "ui"
  | "room"
  | Late;

/** A part of a widget: its element, and what ends it. */
export interface Part {
  el: HTMLElement;
  stop?: () => void;
  /** Hears that the part has come into view, each time. */
  shown?: () => void;
}

export class Context {
  ui: Ui = { group: "", order: 0, interval: 0, kind: "modes", hasRatios: false, window: null };
  spot: Spot | null = null;
  room: Room = ROOMY;
  readonly host: Host | undefined;
  /** The level that a click keeps lit while the pointer is on no other. */
  #kept: Spot | null = null;
  readonly #model: Model;
  readonly #load: Load | undefined;
  readonly #kernel: Kernel;
  /** What was clicked and is not fitted yet. */
  #wanted: Choice | null = null;
  readonly #decoded = new Map<string, Modes>();
  readonly #listeners = new Map<Topic, Set<() => void>>();
  readonly #stops: (() => void)[] = [];
  readonly #pending = new Set<Topic>();
  #isStopped = false;

  constructor(model: Model, load?: Load, host?: Host) {
    this.host = host;
    this.#model = model;
    this.#load = load;
    this.#kernel = new Kernel(model, () => this.#giveUp());
    // what a fit is comes in two traits; each other topic is a trait of its own, or none
    for (const trait of ["fit_view", "levels"]) this.#follow(trait, "fit");
    this.#stops.push(listen((spot) => this.#takeSpot(spot)));
    this.ui.group = this.groups[0] ?? "";
    this.ui.kind = (model.get("kind") as Kind | undefined) ?? "modes";
    this.ui.interval = (this.fit?.intervals.length || 1) - 1;
  }

  get fit(): FitView | null {
    return this.view("fit_view");
  }

  /** The tests of the fit that is shown; null if those at hand belong to another one. */
  get tests(): FixedTestsView | null {
    return this.#ofFit("tests");
  }

  get structure(): StructureView | null {
    return this.view("structure");
  }

  get ladder(): LadderView | null {
    return this.view("ladder");
  }

  get prior(): PriorView | null {
    return this.view("prior");
  }

  /** The fit that a name of the notebook holds; null where none does, or where there is no notebook. */
  get held(): HeldView | null {
    return this.view("held");
  }

  get status(): ShownStatus {
    return this.#kernel.status;
  }

  /** Whether every command that was sent has its final answer. */
  get isSettled(): boolean {
    return this.#kernel.isSettled;
  }

  /** The structure as it is switched on: what was clicked last, or what is fitted; there is none without a picker. */
  get choice(): Choice {
    return this.#wanted ?? this.ladder!.choice;
  }

  get groups(): string[] {
    return this.fit?.modes.map((modes) => modes.group) ?? [];
  }

  /** The conditional modes of a grouping factor; null while its fit or its level names are still to come. */
  modes(group = this.ui.group): Modes | null {
    const known = this.#decoded.get(group);
    if (known) return known;
    const view = this.fit?.modes.find((modes) => modes.group === group);
    const levels = (this.#model.get("levels") as Record<string, string[]> | null)?.[group];
    if (!view || levels?.length !== view.n_levels) return null;
    const modes = decodeModes(view, levels);
    this.#decoded.set(group, modes);
    return modes;
  }

  choose(choice: Choice, isDraft = false): void {
    this.#wanted = choice;
    this.send({ action: "choose", choice, ...(isDraft && { draft: true }) });
  }

  /** Says that a page without a kernel does not hold a choice, "" where it can be fitted. */
  lacks(choice: Choice): string {
    return this.#model.lacks?.(choice) ?? "";
  }

  send(command: Omit<Command, "number"> | Omit<ExploreCommand, "number">): void {
    this.#kernel.send(command);
  }

  /** Asks for the tests, a picture or the script of the pictures. */
  ask(what: string, options: Record<string, unknown> = {}): void {
    this.#kernel.ask(what, this.fit?.key ?? -1, options);
  }

  /** What became of a picture of the fit that is shown; null if it was not asked for, or belongs to another one. */
  picture<View>(name: Late): Answer<View> | null {
    return this.#ofFit(name);
  }

  /** What draws the pictures; null until Python sends it. */
  get pictures(): Promise<Pictures> | null {
    return (this.#load?.("pictures", String(this.#model.get("pictures") ?? "")) ?? null) as Promise<Pictures> | null;
  }

  /** What a trait holds; nothing where it is not there at all. */
  told(trait: string): unknown {
    return this.#model.get(trait);
  }

  /** What Python sent in a trait. */
  view<View extends object>(trait: string): View | null {
    return viewOf(this.#model, trait);
  }

  /** Sends a value of a trait. */
  tell(trait: string, value: unknown): void {
    this.#model.set(trait, value);
    this.#model.save_changes();
  }

  /** Whether there is no kernel, as in a saved page. */
  get isStored(): boolean {
    return this.#model.isStored ?? false;
  }

  on(topic: Topic, listener: () => void): void {
    if (!this.#listeners.has(topic)) {
      this.#listeners.set(topic, new Set());
      this.#follow(topic, topic);
    }
    this.#listeners.get(topic)!.add(listener);
  }

  setUi(change: Partial<Ui>): void {
    this.ui = { ...this.ui, ...change };
    this.#emit("ui");
  }

  setRoom(room: Room): void {
    this.room = room;
    this.#emit("room");
  }

  /** Tells all widgets of the page what the pointer or the keyboard is on; null goes back to what is kept. */
  point(spot: Spot | null): void {
    const next = spot ?? this.#kept;
    if (!isSame(next, this.spot)) announce(next);
  }

  /** Keeps the level that is lit, or lets go of it if it is kept already. */
  keep(isWanted = !this.isKept): void {
    this.#kept = isWanted ? this.spot : null;
    this.#emit("spot");
  }

  get isKept(): boolean {
    return this.#kept !== null && isSame(this.#kept, this.spot);
  }

  stop(): void {
    this.#isStopped = true;
    this.#kernel.stop();
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
  }

  /** What is in a trait, if it belongs to the fit that is shown. */
  #ofFit<View extends { of: number }>(trait: string): View | null {
    const found = this.view<View>(trait);
    return found?.of === this.fit?.key ? found : null;
  }

  #follow(trait: string, topic: Topic): void {
    const changed = (): void => this.#later(topic);
    this.#model.on(`change:${trait}`, changed);
    this.#stops.push(() => this.#model.off(`change:${trait}`, changed));
  }

  /** Several traits of one message (or, in marimo, of several) make one redraw. */
  #later(topic: Topic): void {
    if (this.#pending.size === 0) queueMicrotask(() => this.#flush());
    this.#pending.add(topic);
  }

  #flush(): void {
    const topics = [...this.#pending];
    this.#pending.clear();
    if (this.#isStopped) return;
    if (topics.includes("status")) this.#kernel.heard();
    if (topics.includes("fit")) this.#takeFit();
    if (this.isSettled) this.#wanted = null;
    for (const topic of topics) this.#emit(topic);
    if (topics.includes("fit") && this.fit) this.#kernel.echo(this.fit.key);
  }

  #takeFit(): void {
    this.#decoded.clear();
    if (!this.groups.includes(this.ui.group)) {
      this.ui = { ...this.ui, group: this.groups[0] ?? "", window: null, order: 0 };
    }
    const columns = this.fit?.modes.find((modes) => modes.group === this.ui.group)?.columns.length ?? 0;
    if (this.ui.order >= columns) this.ui = { ...this.ui, order: 0 };
  }

  #takeSpot(spot: Spot | null): void {
    this.spot = spot ?? this.#kept;
    this.#emit("spot");
  }

  #giveUp(): void {
    this.#wanted = null;
    this.#emit("status");
  }

  #emit(topic: Topic): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }
}

const isSame = (a: Spot | null, b: Spot | null): boolean => a?.group === b?.group && a?.level === b?.level;
