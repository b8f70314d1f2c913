/** Copy and CSV of a table, with a word that it was done. */
import { type Cell, toCsv, toTsv } from "../core/csv.ts";
import { button } from "./controls.ts";
import { h } from "./element.ts";
import { copyText, download, fileName } from "./export.ts";

const SAID_MS = 2500;

/** The name of the file hangs on what is shown, so it is asked for when it is saved. */
export function tableTools(name: () => string, rows: () => Cell[][]): HTMLElement {
  const said = h("span.mw-said", { role: "status" });
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(toTsv(rows()));
    said.textContent = isCopied ? "Copied" : "The browser did not allow copying";
    setTimeout(() => said.replaceChildren(), SAID_MS);
  };
  const save = (): void => download(`${fileName(name())}.csv`, new Blob([toCsv(rows())], { type: "text/csv" }));
  return h(
    "span.mw-group mw-push",
    {},
    said,
    button("Copy", () => void copy(), { title: "Copy the table, to paste into a spreadsheet" }),
    button("CSV", save, { title: "Save the table with full digits" }),
  );
}
