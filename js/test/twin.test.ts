import { deflateSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { bytes } from "../src/host/base85.ts";
import { isLive, takeOver } from "../src/host/live.ts";
import { StoredModel } from "../src/host/stored_model.ts";
import { unpack } from "../src/host/unpack.ts";
import widget from "../src/index.ts";
import { button, fixture, show } from "./fake.ts";

afterEach(() => document.body.replaceChildren());

/** As packed.py: the length of the JSON, the table of the arrays and the value, the arrays. */
function pack(value: unknown, table: unknown[] = [], arrays: ArrayBufferView[] = []): string {
  const json = Buffer.from(`${JSON.stringify(table)}\n${JSON.stringify(value)}`);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(json.length);
  const held = arrays.map((array) => Buffer.from(array.buffer as ArrayBuffer));
  return base85(deflateSync(Buffer.concat([head, json, ...held])));
}

/** As base85.py. */
function base85(data: Buffer): string {
  const missing = -data.length & 3;
  const padded = Buffer.concat([data, Buffer.alloc(missing)]);
  let text = "";
  for (let at = 0; at < padded.length; at += 4) {
    const number = padded.readUInt32BE(at);
    for (const place of [4, 3, 2, 1, 0]) text += String.fromCharCode(37 + (Math.floor(number / 85 ** place) % 85));
  }
  const instead: Record<string, string> = { "&": "z", "<": "|", "\\": "~" };
  return text.replace(/[&<\\]/g, (letter) => instead[letter]!).slice(0, text.length - missing);
}

function twinOf(name: string, holder: string): HTMLElement {
  const twin = document.createElement("div");
  twin.className = "mw-twin";
  twin.dataset.of = name;
  const around = document.createElement("div");
  around.className = holder;
  around.append(twin);
  document.body.append(around);
  return twin;
}

describe("what was saved", () => {
  test("is unpacked: plain values, bytes, numbers of seven digits, and what follows from them", async () => {
    const arrays = [Float32Array.from([2.2585654, 0, 1e-30]), Uint32Array.from([2, 0, 1])];
    const table = [
      ["float32", 12],
      ["raw", 12],
      ["sum", 0, 0, 2, 1],
      ["order", 2],
    ];
    const value = {
      numbers: { $array: 0 },
      order: { $array: 1 },
      low: [{ $array: 2 }],
      falling: { $array: 3 },
      name: "\u03c3",
      none: null,
    };
    const found = await unpack<Record<string, DataView>>(pack(value, table, arrays));
    expect([...new Float64Array(found.numbers!.buffer)]).toEqual([2.258565, 0, 1e-30]);
    expect([...new Uint32Array(found.order!.buffer)]).toEqual([2, 0, 1]);
    const [low] = found.low as unknown as DataView[];
    expect([...new Float64Array(low!.buffer)]).toEqual([7.775695, 1, 1]);
    expect([...new Uint32Array(found.falling!.buffer)]).toEqual([0, 1, 2]);
    expect([found.name, found.none]).toEqual(["\u03c3", null]);
  });
  test("has no letters that HTML or JSON write as several, whatever the number of its bytes", () => {
    for (let n = 0; n < 40; n++) {
      const data = Buffer.from(Uint8Array.from({ length: n }, (_, i) => (i * 89 + n * 151) % 256));
      const text = base85(data);
      expect(text).toMatch(/^[^"&<\\\s]*$/);
      expect([...bytes(text)]).toEqual([...data]);
    }
    expect(Buffer.from(bytes("ErgJz6'")).toString()).toBe("five5");
  });
  test("is shown without a kernel, and a click says so at once", async () => {
    const el = document.createElement("div");
    document.body.append(el);
    const stop = widget.render({ model: new StoredModel(fixture("sleepstudy")), el });
    const forms = (): HTMLInputElement[] => [...el.querySelectorAll<HTMLInputElement>("[data-factor=Subject] input")];
    forms()[1]!.click();
    await Promise.resolve();
    const alert = el.querySelector("[role=alert]")!.textContent;
    expect(alert).toBe("No kernel: last saved result shown.Run the cell to choose other structures.");
    expect(forms()[0]!.checked).toBe(true);
    expect(el.querySelector<HTMLElement>(".mw-use")!.hidden).toBe(true);
    stop();
  });
});

describe("a live widget", () => {
  test("hides its twins by name while a view lives, where no style sheet does", () => {
    const [own, other] = [twinOf("mw-a-1", "output"), twinOf("mw-b-1", "output")];
    const stops = [takeOver("mw-a-1"), takeOver("mw-a-1")];
    expect([own.hidden, other.hidden, isLive("mw-a-1")]).toEqual([true, false, true]);
    stops[0]!();
    expect(own.hidden).toBe(true);
    stops[1]!();
    expect([own.hidden, isLive("mw-a-1")]).toEqual([false, false]);
  });
  test("leaves the twins of JupyterLab to the style sheet, which knows the copy of a notebook apart", () => {
    const twin = twinOf("mw-a-1", "jp-OutputArea-child");
    const stop = takeOver("mw-a-1");
    expect(twin.hidden).toBe(false);
    stop();
  });
  test("says which fit it has drawn, if Python waits for it", async () => {
    for (const [seen, expected] of [
      [null, null],
      [-1, 7],
    ]) {
      const shown = await show("sleepstudy", { seen });
      shown.model.update({ fit_view: { ...(shown.model.get("fit_view") as object), key: 7 } });
      await Promise.resolve();
      expect(shown.model.get("seen")).toBe(expected);
    }
  });
});

describe("the name in the notebook", () => {
  const held = { name: "fit", formula: "y ~ 1 + (1 | g)", of: 5, also: [] };
  test("that holds another fit is offered the one that is shown", async () => {
    const shown = await show("sleepstudy", { held });
    expect(shown.find(".mw-held").textContent).toBe("fit is still y ~ 1 + (1 | g)");
    button(shown, "Use as fit").click();
    expect(shown.model.sent).toEqual([{ action: "hold", number: 5 }]);
    const of = (shown.model.get("fit_view") as { key: number }).key;
    shown.model.update({
      held: { ...held, of, also: ["_lmer", "Out[2]"] },
      status: { state: "idle", request: 5, message: "", hint: "" },
    });
    await Promise.resolve();
    expect(shown.find(".mw-held").textContent).toBe("fit is this model now, and so are _lmer and Out[2]");
    button(shown, "Use as fit").click();
    expect(shown.model.sent).toHaveLength(1);
  });
  test("is not spoken of where there is none", async () => {
    const shown = await show("sleepstudy");
    expect(shown.find(".mw-use").hidden).toBe(true);
  });
});
