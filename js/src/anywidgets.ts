/** The script of a whole notebook as a page: draws the anywidgets of any package from what the notebook saved. */
import { drawAll, type Saved } from "./host/anywidget.ts";
import { unpack } from "./host/unpack.ts";

void unpack<Saved>(document.querySelector("#mw-models")!.textContent!).then(drawAll);
