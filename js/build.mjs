// Builds mixwidget/static/widget.js, loader.js and widget.css; the banner carries the hash of the sources (tests/widgets/test_bundle.py).
import { build } from "esbuild";
import { minify } from "terser";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "mixwidget", "static");

/** SHA-256 over the sorted relative paths and contents of every source file. */
function sourceHash() {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => relative(source, file).split("\\").join("/"));
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(name + "\n").update(readFileSync(join(source, name)));
  return hash.digest("hex");
}

const sources = sourceHash();
const banner = `/* mixwidget, BSD-3-Clause, built from js/src; sources ${sources} */`;
const shared = { bundle: true, minify: true, target: "es2022", legalComments: "none", write: false };
const outputs = [
  { entry: "index.ts", file: "widget.js", options: { format: "esm" } },
  { entry: "loader.ts", file: "loader.js", options: { format: "esm", define: { SOURCES: JSON.stringify(sources) } } },
  { entry: "style.css", file: "widget.css", options: {} },
];
/** Our CSS variables get short names, the same in script and style. */
const variables = new Map();
const shorter = (text) =>
  text.replace(/--mw-[a-z-]+/g, (name) => {
    if (!variables.has(name)) variables.set(name, `--mw${variables.size.toString(36)}`);
    return variables.get(name);
  });
/** `class: "mw-note"` and `"aria-label"` become the short attributes that js/src/dom/element.ts knows. */
const abbreviated = (text) => text.replaceAll('class:"mw-', 'mw:"').replaceAll('"aria-label":', "say:");
/** A second pass over what esbuild leaves: a kilobyte less. */
const squeezed = async (text) => (await minify(text, { module: true, ecma: 2020, compress: { passes: 4, unsafe_arrows: true, pure_getters: true, keep_fargs: false } })).code;

for (const { entry, file, options } of outputs) {
  const result = await build({ ...shared, ...options, entryPoints: [join(source, entry)] });
  const built = shorter(result.outputFiles[0].text);
  const text = `${banner}\n${file.endsWith(".js") ? await squeezed(abbreviated(built)) : built}`;
  writeFileSync(join(target, file), text);
  console.log(`${file} ${Buffer.byteLength(text)} bytes`);
}
