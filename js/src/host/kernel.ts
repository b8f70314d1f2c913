/** The way to Python: commands go out with a number, the status answers by this number. */
import type { Asked, Command, ExploreCommand, Status } from "../types.ts";
import { type Model, type ShownStatus, viewOf } from "./model.ts";

/** Python answers each command at once with its number; silence this long means that nobody listens. */
const NO_ANSWER_MS = 2000;

const IDLE: Status = { state: "idle", request: 0, message: "", hint: "" };

const LOST = { state: "lost", message: "No kernel: last saved result shown." } as const;
const SILENT = "Run the cell again to choose other structures; if the kernel is only busy, its answer will come.";
const STORED = "Run the cell to choose other structures.";

export class Kernel {
  readonly #model: Model;
  readonly #onLost: () => void;
  #isLost = false;
  #sent: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: Model, onLost: () => void) {
    this.#model = model;
    this.#onLost = onLost;
    this.#sent = this.status.request;
  }

  get status(): ShownStatus {
    const status = viewOf<Status>(this.#model, "status") ?? IDLE;
    return this.#isLost ? { ...LOST, hint: this.#model.isStored ? STORED : SILENT, request: status.request } : status;
  }

  /** Whether every command that was sent has its final answer. */
  get isSettled(): boolean {
    const { request, state } = this.status;
    return this.#isLost || (request >= this.#sent && state !== "busy");
  }

  send(command: Omit<Command, "number"> | Omit<ExploreCommand, "number">): void {
    if (this.#model.isStored) {
      this.#lose();
      return;
    }
    this.#sent = Math.max(this.#sent, this.status.request) + 1;
    this.#model.set("command", { ...command, number: this.#sent } satisfies Command | ExploreCommand);
    this.#model.save_changes();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkAnswer(), NO_ANSWER_MS);
  }

  /**
   * Asks for something about a fit; a kernel that is away leaves the question open, without a word. The last question of
   * each kind stays in the trait: while a message is under way, the next ones are sent as one.
   */
  ask(what: string, of: number, options: Record<string, unknown>): void {
    const asked = this.#model.get("asked") as Record<string, Asked> | null;
    this.#model.set("asked", { ...asked, [what]: { what, of, at: Date.now(), options } satisfies Asked });
    this.#model.save_changes();
  }

  /** Says that a fit is drawn, where Python waits for it (marimo does). */
  echo(key: number): void {
    if (typeof this.#model.get("seen") !== "number") return;
    this.#model.set("seen", key);
    this.#model.save_changes();
  }

  /** A status came: somebody is there. */
  heard(): void {
    this.#isLost = false;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #checkAnswer(): void {
    if (this.status.request < this.#sent) this.#lose();
  }

  #lose(): void {
    this.#isLost = true;
    this.#onLost();
  }
}
