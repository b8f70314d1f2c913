/** Who may import whom, and how long a file may be: the law of js/src, as tests/test_architecture.py is Python's. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");
const MAX_LINES = 300;
/** The folders that the files of a folder may import from, beside their own and types.ts. */
const BELOW: Record<string, string[]> = { core: [], dom: ["core"], host: ["core"], parts: ["core", "dom", "host"] };

/** Parts without a place of their own in a view, which serve others. */
const SERVANTS = ["parts/asked", "parts/axes", "parts/later", "parts/line_drawing"];

interface Import {
  path: string;
  isType: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf-8" }).filter((name) => name.endsWith(".ts"));
const text = (name: string): string => readFileSync(join(SOURCE, name), "utf-8");
const folderOf = (name: string): string => name.split("/")[0]!;
const partOf = (name: string): string => dirname(name);

function importsOf(name: string): Import[] {
  return [...text(name).matchAll(/^(?:import|export) (type )?[^;]*?from "(\.[^"]+)";/gms)].map(([, type, path]) => ({
    path: relative(SOURCE, normalize(join(SOURCE, dirname(name), path!))),
    isType: type !== undefined,
  }));
}

describe.each(files.filter((name) => name.includes("/")))("%s", (name) => {
  test("imports only from below", () => {
    const allowed = [folderOf(name), ...(BELOW[folderOf(name)] ?? [])];
    const strange = importsOf(name).filter(({ path }) => path !== "types.ts" && !allowed.includes(folderOf(path)));
    expect(strange).toEqual([]);
  });
  test("leaves the inside of other parts alone", () => {
    if (folderOf(name) !== "parts") return;
    const isOpen = (path: string): boolean => SERVANTS.includes(partOf(path));
    const strange = importsOf(name).filter(
      ({ path }) => path.split("/").length === 3 && partOf(path) !== partOf(name) && !isOpen(path),
    );
    expect(strange).toEqual([]);
  });
});

// types.ts is written by a script, and as long as what Python sends
test.each(files.filter((name) => name !== "types.ts"))("%s is short and says what it is for", (name) => {
  expect(text(name).split("\n").length).toBeLessThanOrEqual(MAX_LINES);
  expect(text(name)).toMatch(/^\/\*\*/);
});

describe("each part", () => {
  const parts = [...new Set(files.filter((name) => /^parts\/.+\//.test(name)).map(partOf))].filter(
    (part) => !SERVANTS.includes(part),
  );
  test.each(parts)("%s binds in bind.ts and draws in draw.ts, which knows no model", (part) => {
    expect(files).toContain(`${part}/bind.ts`);
    expect(files).toContain(`${part}/draw.ts`);
    const ofHost = importsOf(`${part}/draw.ts`).filter(({ path }) => folderOf(path) === "host");
    expect(ofHost.every(({ isType }) => isType)).toBe(true);
    expect(text(`${part}/draw.ts`)).not.toMatch(/: Context\b|: Model\b/);
  });
});
