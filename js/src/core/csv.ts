/** Rows to comma or tab separated text, with full digits. */

export type Cell = string | number;

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const plain = (cell: Cell): string => (typeof cell === "number" && !Number.isFinite(cell) ? "" : String(cell));

export const toCsv = (rows: Cell[][]): string => rows.map((row) => row.map((cell) => quoted(plain(cell))).join(",")).join("\n") + "\n";

export const toTsv = (rows: Cell[][]): string => rows.map((row) => row.map((cell) => plain(cell).replace(/[\t\n\r]/g, " ")).join("\t")).join("\n");
