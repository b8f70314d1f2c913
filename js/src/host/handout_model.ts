/** The model of a widget in a handout: it answers commands and questions itself, from the fits that the file holds. */
import type { Asked, Choice, Command, StoredView } from "../types.ts";
import { StoredFits } from "./stored_fits.ts";
import { StoredModel } from "./stored_model.ts";

type Traits = Record<string, unknown>;

export class HandoutModel extends StoredModel {
  override readonly isStored = false;
  readonly #fits: StoredFits;

  constructor({ stored, offered, ...shared }: Traits) {
    const fits = new StoredFits(stored as StoredView);
    super({ ...shared, structure: offered ?? shared.structure, prior: {}, ...fits.traits() });
    this.#fits = fits;
  }

  override set(name: string, value: unknown): void {
    const before = this.get(name) as Record<string, Asked> | null;
    super.set(name, value);
    if (name === "command") this.#take(this.#fits.answer(value as Command));
    if (name !== "asked") return;
    for (const asked of Object.values(value as Record<string, Asked>)) {
      if (asked !== before?.[asked.what]) this.#take(this.#fits.tell(asked));
    }
  }

  lacks(choice: Choice): string {
    return this.#fits.lacks(choice);
  }

  #take(answer: Traits): void {
    for (const [name, value] of Object.entries(answer)) super.set(name, value);
  }
}
