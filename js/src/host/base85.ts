/** Bytes that stand as text in a page (base85.py): five letters for four bytes, fewer for the last ones. */

const FIRST = 37;
const BASE = 85;
const LETTERS = 5;
const BYTES = 4;
/** What stands for letters that HTML or JSON would write as several. */
const INSTEAD = "z|~";
const OF = "&<\\";

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const n = Math.trunc((text.length * BYTES) / LETTERS);
  const words = new DataView(new ArrayBuffer(n + BYTES));
  for (let at = 0; at < n; at += BYTES) words.setUint32(at, word(text, (at * LETTERS) / BYTES));
  return new Uint8Array(words.buffer, 0, n);
}

/** Four bytes as a number; letters beyond the end of the text count as the last one, so that what is there is right. */
function word(text: string, at: number): number {
  let number = 0;
  for (const letter of text.slice(at, at + LETTERS).padEnd(LETTERS, "y"))
    number = number * BASE + (OF[INSTEAD.indexOf(letter)] ?? letter).charCodeAt(0) - FIRST;
  return number;
}
