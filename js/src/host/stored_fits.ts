/** The fits of a handout: a command is answered by looking up what Python computed when the file was written. */
import type {
  Asked,
  Choice,
  Command,
  GroupChoice,
  LadderView,
  Late,
  RungView,
  Status,
  StoredFit,
  StoredView,
} from "../types.ts";

type Traits = Record<string, unknown>;
type Answers = Record<string, Late[]>;

export class StoredFits {
  readonly #view: StoredView;
  readonly #byChoice: Map<string, number>;
  /** The steps so far, for undo and redo; the place of the one that is shown. */
  #trail: number[];
  #place: number;
  readonly #visited: Set<number>;

  constructor(view: StoredView) {
    this.#view = view;
    this.#byChoice = new Map(view.fits.map(({ choice }, key) => [signature(choice), key]));
    this.#trail = view.trail;
    this.#place = view.place;
    this.#visited = new Set(view.visited);
  }

  /** All that depends on the fit that is shown. */
  traits(): Traits {
    const { fit_view, tests, pictures } = this.#fit;
    const plain = this.#view.pictures.map((name) => [name, (pictures as Answers)[name]?.[0] ?? {}]);
    return { ...Object.fromEntries(plain), fit_view, tests, ladder: this.#ladder() };
  }

  answer({ action, number, choice, key }: Command): Traits {
    const to = choice ? this.#byChoice.get(signature(choice)) : key;
    const { missing, hint } = this.#view;
    if (choice && to === undefined) return { status: status("error", number, missing, hint) };
    if (to !== undefined && to !== null) this.#go(to);
    else if (action === "undo") this.#place = Math.max(0, this.#place - 1);
    else if (action === "redo") this.#place = Math.min(this.#trail.length - 1, this.#place + 1);
    return { ...this.traits(), status: status("idle", number) };
  }

  /** What is said of a structure that is not in the file, "" of one that is. */
  lacks(choice: Choice): string {
    return this.#byChoice.has(signature(choice)) ? "" : this.#view.missing;
  }

  /** The picture that is asked for, which is there or never will be. */
  tell({ what, of, options }: Asked): Traits {
    if (!this.#view.pictures.includes(what) || of !== this.#key) return {};
    const found = (this.#fit.pictures as Answers)[what]?.find((answer) => sorted(answer.options) === sorted(options));
    return { [what]: found ?? { of, state: "failed", message: this.#view.no_picture, options, view: null } };
  }

  get #key(): number {
    return this.#trail[this.#place]!;
  }

  get #fit(): StoredFit {
    return this.#view.fits[this.#key]!;
  }

  #go(key: number): void {
    if (key === this.#key) return;
    this.#trail = [...this.#trail.slice(0, this.#place + 1), key];
    this.#place += 1;
    this.#visited.add(key);
  }

  #ladder(): LadderView {
    return {
      rungs: this.#view.order.filter((key) => this.#visited.has(key)).map((key) => this.#rung(key)),
      current: this.#key,
      can_undo: this.#place > 0,
      can_redo: this.#place < this.#trail.length - 1,
      choice: this.#fit.choice,
    };
  }

  /** The test of a rung is that against the first of the simpler structures that was visited. */
  #rung(key: number): RungView {
    const { rung, compared, why } = this.#view.fits[key]!;
    const first = compared.find(({ against }) => this.#visited.has(against));
    const alone = this.#visited.size === 1 ? rung : { lrt: null, why };
    const { lrt, why: reason } = first ?? alone;
    return { ...rung, lrt, why: reason, compares: this.#fit.compares.includes(key) };
  }
}

const status = (state: Status["state"], request: number, message = "", hint = ""): Status => ({
  state,
  request,
  message,
  hint,
});

const sorted = (options: Traits): string => JSON.stringify(Object.entries(options).sort());

/** A choice without what makes no difference to its model. */
function signature({ fixed, reml, groups, prior }: Choice): string {
  return JSON.stringify([[...fixed].sort(), reml, groups.map(ofGroup).sort(), prior.family, prior.strength]);
}

function ofGroup({ group, form, intercept, slopes, written }: GroupChoice): string {
  if (form === "off") return "";
  if (form === "written") return JSON.stringify([group, written]);
  const used = form === "intercept" ? [] : [...slopes].sort();
  return JSON.stringify([group, used.length > 0 && form === "diagonal", intercept || used.length === 0, used]);
}
