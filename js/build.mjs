// Builds mixwidget/static: the bundle, its loader, the scripts of saved outputs and of pictures, and the style sheets.
// Each begins with a banner that carries the hash of the sources, so that a test can tell whether the files are up to
// date (tests/widgets/test_bundle.py).
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const target = join(here, "..", "mixwidget", "static");

/** SHA-256 over the sorted relative paths and contents of every source file. */
function sourceHash() {
  const entries = readdirSync(source, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => relative(source, file).split(sep).join("/"));
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(`${name}\n`).update(readFileSync(join(source, name)));
  return hash.digest("hex");
}

const sources = sourceHash();
const banner = `/* mixwidget, BSD-3-Clause, built from js/src; sources ${sources} */`;

const options = {
  outdir: target,
  bundle: true,
  minify: true,
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  logLevel: "info",
  banner: { js: banner, css: banner },
  define: { SOURCES: JSON.stringify(sources.slice(0, 16)) },
};

await build({
  ...options,
  entryPoints: [
    { in: join(source, "index.ts"), out: "widget" },
    { in: join(source, "loader.ts"), out: "loader" },
    { in: join(source, "style.css"), out: "widget" },
    { in: join(source, "twin.css"), out: "twin" },
    { in: join(source, "handout.css"), out: "handout" },
    { in: join(source, "notebook.css"), out: "notebook" },
  ],
  format: "esm",
});
// the pictures bring their style sheet with them, into whatever root they are drawn in
const sheets = await build({ ...options, banner: {}, entryPoints: [join(source, "pictures.css")], write: false });
await build({
  ...options,
  define: { ...options.define, PICTURES_CSS: JSON.stringify(sheets.outputFiles[0].text.trim()) },
  entryPoints: [join(source, "pictures.ts")],
  format: "esm",
});
// the scripts that stand in a page, beside a saved output or a picture or at its end, are no modules
const inPage = ["twin.ts", "picture.ts", "handout.ts", "anywidgets.ts"].map((name) => join(source, name));
await build({ ...options, entryPoints: inPage, format: "iife" });

// terser takes another two kilobytes off what widgets carry, and 200 bytes off what stands beside each saved one; what is
// called with `new` is a class here, so that arrows may stand for functions
for (const name of ["widget", "pictures", "twin", "handout", "anywidgets"]) {
  const script = join(target, `${name}.js`);
  const smaller = await minify(readFileSync(script, "utf8"), {
    module: true,
    compress: {
      passes: 6,
      ecma: 2020,
      hoist_funs: true,
      pure_getters: true,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
    format: { comments: /^ mixwidget, BSD/, ecma: 2020 },
  });
  writeFileSync(script, `${smaller.code}\n`);
}

// esbuild leaves the values of custom properties as they are written
const sheet = join(target, "widget.css");
const tighter = (declaration) => declaration.replace(/([:,]) /g, "$1").replace(/#(\w)\1(\w)\2(\w)\3\b/g, "#$1$2$3");
writeFileSync(sheet, readFileSync(sheet, "utf8").replace(/--mw-[\w-]+: [^;}]+/g, tighter));
