/** What all parts of one view share: the views from Python, the spot, the choices of this view, and the way back to Python. */
import { decodeModes, type Modes } from "./core/decode.ts";
import { announce, listen } from "./bus.ts";
import type { Choice, Command, FitView, LadderView, PriorView, Spot, Status, StructureView, TestsView } from "./types.ts";

/** The part of an AFM model that is used; marimo, JupyterLab and the offline host all have it. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
}

export type Kind = "modes" | "coef" | "qq";

/** Choices that stay in the browser. */
export interface Ui {
  group: string;
  /** Position of the ordering term, or -1 for the order of the data. */
  order: number;
  interval: number;
  kind: Kind;
  /** First and one past the last visible rank, or null for all. */
  window: [number, number] | null;
}

export type Topic = "fit" | "tests" | "structure" | "ladder" | "prior" | "status" | "spot" | "ui";

export interface Part {
  el: HTMLElement;
  stop?: () => void;
}

/** Python answers each command at once with its number; silence this long means that nobody listens. */
const NO_ANSWER_MS = 2000;

const TRAITS: Record<string, Topic> = { fit_view: "fit", levels: "fit", tests: "tests", structure: "structure", ladder: "ladder", prior: "prior", status: "status" };

const LOST: Omit<Status, "request"> = {
  state: "lost",
  message: "No kernel: last saved result shown.",
  hint: "Run the cell again to choose other structures; if the kernel is only busy, its answer will come.",
};

export class Context {
  ui: Ui = { group: "", order: 0, interval: 2, kind: "modes", window: null };
  spot: Spot | null = null;
  /** What was clicked and is not fitted yet. */
  private wanted: Choice | null = null;
  /** Set while a command has no answer from Python for too long. */
  private lost = false;
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private decoded = new Map<string, Modes>();
  private listeners = new Map<Topic, Set<() => void>>();
  private stops: (() => void)[] = [];
  private pending = new Set<Topic>();
  private stopped = false;

  constructor(private readonly model: Model) {
    for (const [trait, topic] of Object.entries(TRAITS)) {
      const changed = (): void => this.later(topic);
      model.on(`change:${trait}`, changed);
      this.stops.push(() => model.off(`change:${trait}`, changed));
    }
    this.stops.push(
      listen((spot) => {
        this.spot = spot;
        this.emit("spot");
      }),
    );
    this.ui.group = this.fit?.modes[0]?.group ?? "";
    this.ui.interval = Math.max(0, (this.fit?.intervals.length ?? 1) - 1);
    this.sent = this.status.request;
  }

  get fit(): FitView | null {
    const view = this.model.get("fit_view") as FitView | Record<string, never> | null;
    return view && "formula" in view ? (view as FitView) : null;
  }

  /** The tests of the fit that is shown; null if those at hand belong to another one. */
  get tests(): TestsView | null {
    const view = this.model.get("tests") as TestsView | Record<string, never> | null;
    return view && "state" in view && view.of === this.fit?.key ? (view as TestsView) : null;
  }

  /** Asks Python for the tests of the fit that is shown; a kernel that is away leaves the question open, without a word. */
  askTests(): void {
    this.model.set("asked", { of: this.fit?.key ?? -1, at: Date.now() });
    this.model.save_changes();
  }

  get structure(): StructureView | null {
    const view = this.model.get("structure") as StructureView | Record<string, never> | null;
    return view && "factors" in view ? (view as StructureView) : null;
  }

  get ladder(): LadderView | null {
    const view = this.model.get("ladder") as LadderView | Record<string, never> | null;
    return view && "rungs" in view ? (view as LadderView) : null;
  }

  get prior(): PriorView | null {
    const view = this.model.get("prior") as PriorView | Record<string, never> | null;
    return view && "stops" in view ? (view as PriorView) : null;
  }

  /** The structure as it is switched on: what was clicked last, or what is fitted. */
  get choice(): Choice {
    return this.wanted ?? this.ladder!.choice;
  }

  choose(choice: Choice, draft = false): void {
    this.wanted = choice;
    this.send({ action: "choose", choice, ...(draft && { draft }) });
  }

  get status(): Status {
    const status = this.model.get("status") as Status | null;
    const known: Status = status && "state" in status ? status : { state: "idle", request: 0, message: "", hint: "" };
    return this.lost ? { ...LOST, request: known.request } : known;
  }

  /** Whether every command that was sent has its final answer. */
  get settled(): boolean {
    const status = this.status;
    return this.lost || (status.request >= this.sent && status.state !== "busy");
  }

  get groups(): string[] {
    return this.fit?.modes.map((modes) => modes.group) ?? [];
  }

  modes(group = this.ui.group): Modes | null {
    const known = this.decoded.get(group);
    if (known) return known;
    const view = this.fit?.modes.find((modes) => modes.group === group);
    const levels = (this.model.get("levels") as Record<string, string[]> | null)?.[group];
    if (!view || !levels || levels.length !== view.n_levels) return null;
    const modes = decodeModes(view, levels);
    this.decoded.set(group, modes);
    return modes;
  }

  on(topic: Topic, listener: () => void): void {
    if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
    this.listeners.get(topic)!.add(listener);
  }

  setUi(change: Partial<Ui>): void {
    this.ui = { ...this.ui, ...change };
    this.emit("ui");
  }

  point(spot: Spot | null): void {
    if (spot?.group === this.spot?.group && spot?.level === this.spot?.level) return;
    announce(spot);
  }

  send(command: Omit<Command, "number">): void {
    this.sent = Math.max(this.sent, this.status.request) + 1;
    this.model.set("command", { ...command, number: this.sent });
    this.model.save_changes();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.checkAnswer(), NO_ANSWER_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    for (const stop of this.stops) stop();
    this.listeners.clear();
  }

  private checkAnswer(): void {
    if (this.status.request >= this.sent) return;
    this.lost = true;
    this.wanted = null;
    this.emit("status");
  }

  /** Several traits of one message (or, in marimo, of several) make one redraw. */
  private later(topic: Topic): void {
    if (this.pending.size === 0) queueMicrotask(() => this.flush());
    this.pending.add(topic);
  }

  private flush(): void {
    const topics = [...this.pending];
    this.pending.clear();
    if (this.stopped) return;
    if (topics.includes("status")) this.lost = false;
    if (topics.includes("fit")) this.takeFit();
    if (this.settled) this.wanted = null;
    for (const topic of topics) this.emit(topic);
  }

  private takeFit(): void {
    this.decoded.clear();
    if (!this.groups.includes(this.ui.group)) this.ui = { ...this.ui, group: this.groups[0] ?? "", window: null, order: 0 };
    const columns = this.fit?.modes.find((modes) => modes.group === this.ui.group)?.columns.length ?? 0;
    if (this.ui.order >= columns) this.ui = { ...this.ui, order: 0 };
  }

  private emit(topic: Topic): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}
