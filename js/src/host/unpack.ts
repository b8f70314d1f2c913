/** What Python saved in a page (packed.py): deflated JSON with the arrays behind it, in base 85. */
import { bytes } from "./base85.ts";

const FLOAT32_DIGITS = 7;
const HEAD = 4;

type Read = (...numbers: number[]) => ArrayBuffer;

export async function unpack<Value>(text: string): Promise<Value> {
  const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const whole = await new Response(stream).arrayBuffer();
  const end = HEAD + new DataView(whole).getUint32(0, true);
  // JSON that Python writes has no line breaks of its own
  const [table, plain] = new TextDecoder().decode(whole.slice(HEAD, end)).split("\n");
  const found = arrays(JSON.parse(table!) as [string, ...number[]][], whole, end);
  const revive = (_key: string, value: { $array?: number } | null): unknown =>
    value?.$array === undefined ? value : new DataView(found[value.$array]!);
  return JSON.parse(plain!, revive) as Value;
}

/** The arrays of a table, whose entries say how each is read: from the bytes that follow, or from arrays before it. */
function arrays(table: [string, ...number[]][], whole: ArrayBuffer, start: number): ArrayBuffer[] {
  const found: ArrayBuffer[] = [];
  let at = start;
  const numbers = (i: number): Float64Array => new Float64Array(found[i]!);
  const raw = (size: number): ArrayBuffer => {
    at += size;
    return whole.slice(at - size, at);
  };
  const read: Record<string, Read> = {
    raw,
    float32: (size: number) => rounded(new Float32Array(raw(size))),
    sum(first: number, second: number, factor: number, constant: number) {
      const others = numbers(second);
      return rounded(numbers(first).map((value, i) => value + factor * others[i]! + constant));
    },
    /** The positions from the largest number to the least. */
    order(first: number) {
      const values = numbers(first);
      return Uint32Array.from(values.keys()).sort((p, q) => values[q]! - values[p]!).buffer;
    },
  };
  for (const [kind, ...rest] of table) found.push(read[kind]!(...rest));
  return found;
}

/** Without the digits that float32 does not know: a saved table should not claim them. */
const rounded = (values: Float32Array | Float64Array): ArrayBuffer =>
  Float64Array.from(values, (value) => Number(value.toPrecision(FLOAT32_DIGITS))).buffer;
