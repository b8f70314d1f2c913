/** What Python saved in a page (packed.py): deflated JSON with the arrays behind it, in base64. */

/** How an array is read: its bytes as they are, float32 to become float64, or `i + b * j + c` of two others. */
type Entry = ["raw" | "float32", number] | ["sum", number, number, number, number];

const FLOAT32_DIGITS = 7;
const HEAD = 4;

export async function unpack<Value>(text: string): Promise<Value> {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const whole = await new Response(stream).arrayBuffer();
  const end = HEAD + new DataView(whole).getUint32(0, true);
  // JSON that Python writes has no line breaks of its own
  const [table, plain] = new TextDecoder().decode(whole.slice(HEAD, end)).split("\n");
  const found = arrays(JSON.parse(table!) as Entry[], whole, end);
  const revive = (_key: string, value: { $array?: number } | null): unknown =>
    value?.$array === undefined ? value : new DataView(found[value.$array]!);
  return JSON.parse(plain!, revive) as Value;
}

function arrays(table: Entry[], whole: ArrayBuffer, start: number): ArrayBuffer[] {
  const found: ArrayBuffer[] = [];
  let at = start;
  for (const entry of table) {
    if (entry[0] === "sum") {
      found.push(sum(found, entry));
      continue;
    }
    const held = whole.slice(at, at + entry[1]);
    at += entry[1];
    found.push(entry[0] === "raw" ? held : rounded(new Float32Array(held)));
  }
  return found;
}

function sum(found: ArrayBuffer[], [, first, second, factor, constant]: Entry & { 0: "sum" }): ArrayBuffer {
  const others = new Float64Array(found[second]!);
  return rounded(new Float64Array(found[first]!).map((value, i) => value + factor * others[i]! + constant));
}

/** Without the digits that float32 does not know: a saved table should not claim them. */
const rounded = (values: Float32Array | Float64Array): ArrayBuffer =>
  Float64Array.from(values, (value) => Number(value.toPrecision(FLOAT32_DIGITS))).buffer;

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
