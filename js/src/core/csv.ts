/** Rows to comma or tab separated text, with full digits. */

export type Cell = string | number;

export const toCsv = (rows: Cell[][]): string => `${rows.map(csvLine).join("\n")}\n`;

export const toTsv = (rows: Cell[][]): string => rows.map(tsvLine).join("\n");

const csvLine = (row: Cell[]): string => row.map((cell) => quoted(plain(cell))).join(",");

const tsvLine = (row: Cell[]): string => row.map((cell) => plain(cell).replace(/[\t\n\r]/g, " ")).join("\t");

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const plain = (cell: Cell): string => (typeof cell === "number" && !Number.isFinite(cell) ? "" : String(cell));
