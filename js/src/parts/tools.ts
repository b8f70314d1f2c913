/** Copy and CSV of a table, with a word that it was done. */
import { toCsv, toTsv, type Cell } from "../core/csv.ts";
import { h } from "../dom/element.ts";
import { copyText, download } from "../dom/export.ts";

const SAID_MS = 2500;

/** The name may hang on what is shown, so it may be a function. */
export function tableTools(name: string | (() => string), rows: () => Cell[][]): HTMLElement {
  const said = h("span", { class: "mw-said", role: "status" });
  const say = (text: string): void => {
    said.textContent = text;
    setTimeout(() => (said.textContent = ""), SAID_MS);
  };
  const copy = async (): Promise<void> => say((await copyText(toTsv(rows()))) ? "Copied" : "The browser did not allow copying");
  const save = (): void => {
    const file = `${typeof name === "string" ? name : name()}`.replace(/[^\w.-]+/g, "_");
    download(`${file}.csv`, new Blob([toCsv(rows())], { type: "text/csv" }));
  };
  return h(
    "span",
    { class: "mw-group mw-push" },
    said,
    h("button", { type: "button", class: "mw-button", title: "Copy the table, to paste into a spreadsheet", onclick: () => void copy() }, "Copy"),
    h("button", { type: "button", class: "mw-button", title: "Save the table with full digits", onclick: save }, "CSV"),
  );
}
