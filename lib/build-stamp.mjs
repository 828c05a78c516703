// What a build is made of, as one hash: a build that has it already is not made again.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const require = createRequire(import.meta.url);

/** Folders of sources, and what lies in them that is none. */
const folders = ["lib", "data-prep"];
const none = new Set(["dist", "node_modules", "build", "examples"]);
const files = ["build.mjs", "tsconfig.base.json"];

/** The compiler that the build is made with. */
export const typescript = () => dirname(require.resolve("typescript/package.json"));

/** sha256 over names and contents of all sources, and the compiler's version. */
export function sourcesHash(root) {
  const hash = createHash("sha256");
  const sources = folders.flatMap((folder) => filesIn(join(root, folder)));
  for (const file of [...files.map((name) => join(root, name)), ...sources])
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  const { version } = require("typescript/package.json");
  return hash.update(version).digest("hex");
}

/** Whether the build in a folder is of these sources, and whole: files that somebody has removed are missed. */
export function isBuilt(dist, sources) {
  if (!existsSync(stampFile(dist))) return false;
  return readFileSync(stampFile(dist), "utf8") === stampOf(dist, sources);
}

/** Before a build that may be broken off: nothing here counts as built any more. @throws the system's error on a read-only disk */
export function removeStamp(dist) {
  rmSync(stampFile(dist), { force: true });
}

export function writeStamp(dist, sources) {
  writeFileSync(stampFile(dist), stampOf(dist, sources));
}

const stampFile = (dist) => join(dist, "built.txt");

function stampOf(dist, sources) {
  const made = folders.flatMap((folder) => filesIn(join(dist, folder))).length;
  return `${made} files of sources ${sources}\n`;
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !none.has(name) && !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}
