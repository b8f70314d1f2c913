/** What comes with a script of its own once somebody looks at it: pictures of the data and of effects. */
import type { Pictures } from "./host/bundle.ts";
import { effects } from "./parts/effects/bind.ts";
import { explore } from "./parts/explore/bind.ts";
import { lines } from "./parts/lines/bind.ts";
import { playground } from "./parts/playground/bind.ts";
import { record } from "./parts/record/bind.ts";
import { shrinkage } from "./parts/shrinkage/bind.ts";
import { words } from "./parts/words/bind.ts";

/** Put in by build.mjs. */
declare const PICTURES_CSS: string;

export default {
  parts: { effects, explore, lines, playground, record, shrinkage, words },
  css: PICTURES_CSS,
} satisfies Pictures;
