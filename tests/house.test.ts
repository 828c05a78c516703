import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const notOurs = /(^|\/)(dist|node_modules|examples|build)\/|\.d\.ts$/;

/** The package's files by their paths from the root, with the files that each imports, types too. */
const house: ReadonlyMap<string, readonly string[]> = new Map(
  ["lib", "data-prep"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
        join(folder, file).split(sep).join("/"),
      ),
    )
    .filter((file) => file.endsWith(".ts") && !notOurs.test(file))
    .map((file) => [file, importsOf(file, readFileSync(join(root, file), "utf8"))]),
);

/** `from "./x.js"`, `import "./x.js"` and `import("./x.js")`, as files. */
function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)\.js"/g)].map(([, path]) =>
    relative(root, normalize(join(root, dirname(file), `${path}.ts`)))
      .split(sep)
      .join("/"),
  );
}

/** Files that reach each other, as sets of two or more (Tarjan's strongly connected components). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const visit = (file: string): number => {
    const own = number.size;
    number.set(file, own);
    lowest.set(file, own);
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const low = number.has(next)
        ? path.includes(next)
          ? (number.get(next) as number)
          : own
        : visit(next);
      lowest.set(file, Math.min(lowest.get(file) as number, low));
    }
    if (lowest.get(file) === own) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1 || (graph.get(file) ?? []).includes(file)) found.push(circle.sort());
    }
    return lowest.get(file) as number;
  };
  for (const file of graph.keys()) if (!number.has(file)) visit(file);
  return found;
}

/**
 * The rooms from the ground up: a file may import its own room, and those of lower floors. Rooms on
 * one floor do not know each other. One room takes files of three folders: the words that equations
 * are made of, and graphs as plain data, lie below cells, outputs and updates, which the rest of
 * lib/compile reads.
 */
const floors: readonly (readonly string[])[] = [
  ["errors"],
  ["random", "files"],
  ["data"],
  ["data-prep"],
  ["words"],
  ["cells", "outputs", "updates"],
  ["model"],
  ["compile"],
  ["engines"],
  ["tasks"],
  ["train"],
  ["look", "generate", "exchange", "statistics"],
  ["sweep"],
  ["show"],
  ["cli"],
  ["doors"],
];
const words = new Set([
  "lib/cells/graph.ts",
  "lib/compile/ops.ts",
  "lib/compile/row-derivative.ts", // what an output is trained by, and what evaluates it here
  "lib/compile/row-ops.ts",
  "lib/compile/special-functions.ts",
  "lib/compile/word-names.ts",
  "lib/compile/words.ts",
  "lib/outputs/graph.ts",
]);

function roomOf(file: string): string {
  if (words.has(file)) return "words";
  const [top, second, ...rest] = file.split("/");
  if (top === "data-prep") return top;
  if (rest.length > 0) return second;
  return second === "errors.ts" ? "errors" : "doors";
}

const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));

/** Imports that run up the house, or across to another room of the same floor. */
function wrongArrows(graph: ReadonlyMap<string, readonly string[]>): string[] {
  return [...graph].flatMap(([file, imports]) =>
    imports
      .filter((other) => {
        const [from, to] = [roomOf(file), roomOf(other)];
        return from !== to && floorOf(to) >= floorOf(from);
      })
      .map((other) => `${file} -> ${other}`),
  );
}

describe("the house", () => {
  it("is read: hundreds of files, and every import leads to one of them", () => {
    expect(house.size).toBeGreaterThan(200);
    const arrows = [...house].flatMap(([file, imports]) => imports.map((to) => ({ file, to })));
    expect(arrows.length).toBeGreaterThan(500);
    const typings = new Set(["lib/engines/native/build.d.mts"]);
    expect(arrows.filter(({ to }) => !house.has(to) && !typings.has(to))).toEqual([]);
    const rooms = new Set([...house.keys()].map(roomOf));
    expect([...rooms].filter((room) => floorOf(room) < 0)).toEqual([]); // a new room needs a floor
    expect([...words].filter((file) => !house.has(file))).toEqual([]);
  });

  it("has no circle: no file needs itself through what it imports", () => {
    expect(circles(house)).toEqual([]);
  });

  it("has no arrow that runs up: what a room imports lies on a lower floor", () => {
    expect(wrongArrows(house)).toEqual([]);
  });

  it("would be found out: a circle of two and of three, and an arrow up", () => {
    const arrows = {
      "lib/data/a.ts": ["lib/data/b.ts"],
      "lib/data/b.ts": ["lib/data/a.ts", "lib/data/c.ts"],
      "lib/data/c.ts": ["lib/train/d.ts"],
      "lib/train/d.ts": ["lib/train/e.ts", "lib/data/a.ts"],
      "lib/train/e.ts": ["lib/train/f.ts"],
      "lib/train/f.ts": [],
    };
    const made = new Map(Object.entries(arrows));
    expect(circles(made)).toEqual([
      ["lib/data/a.ts", "lib/data/b.ts", "lib/data/c.ts", "lib/train/d.ts"],
    ]);
    expect(wrongArrows(made)).toEqual(["lib/data/c.ts -> lib/train/d.ts"]);
    expect(importsOf("lib/a/b.ts", 'import type { x } from "../c.js";\nimport("./d.js")')).toEqual([
      "lib/c.ts",
      "lib/a/d.ts",
    ]);
  });
});
