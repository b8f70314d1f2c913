/** The script of a handout: wakes its widgets, and makes the page ready for paper and screen again after it. */
import { HandoutModel } from "./host/handout_model.ts";
import { readyForPrint } from "./host/print.ts";
import { StoredModel } from "./host/stored_model.ts";
import { attend, type Host } from "./host/twin.ts";

/** All twins share one bundle, and no kernel is to be waited for. */
const HANDOUT: Host = {
  isWanted: () => Promise.resolve(true),
  bundle: (twin) => document.querySelector(twin.dataset.bundle!)!.textContent!,
  model: (traits) => (traits.stored ? new HandoutModel(traits) : new StoredModel(traits)),
};

for (const twin of document.querySelectorAll<HTMLElement>(".mw-twin")) attend(twin, HANDOUT);
readyForPrint();
