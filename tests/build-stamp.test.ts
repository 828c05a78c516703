import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBuilt, removeStamp, sourcesHash, writeStamp } from "../lib/build-stamp.mjs";

let root: string;
let dist: string;
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gated-rnn-build-"));
  dist = join(root, "lib", "dist");
  for (const folder of [
    "lib",
    "lib/cells",
    "lib/dist",
    "lib/dist/lib",
    "lib/node_modules",
    "data-prep",
  ])
    mkdirSync(join(root, folder));
  for (const file of [
    "build.mjs",
    "tsconfig.base.json",
    "lib/a.ts",
    "lib/cells/b.ts",
    "lib/dist/lib/a.js",
  ])
    write(file, file);
});
afterEach(() => rmSync(root, { recursive: true }));

describe("a build", () => {
  it("is made again when a source has changed, is new, gone or called otherwise, and only then", () => {
    const changes: readonly (() => void)[] = [
      () => write("lib/a.ts", "other"),
      () => write("lib/cells/new.ts", ""),
      () => rmSync(join(root, "lib/cells/new.ts")),
      () => renameSync(join(root, "lib/cells/b.ts"), join(root, "lib/cells/c.ts")),
      () => write("data-prep/d.ts", ""),
      () => write("tsconfig.base.json", "{}"),
      () => write("build.mjs", "//"),
    ];
    writeStamp(dist, sourcesHash(root));
    for (const change of changes) {
      expect(isBuilt(dist, sourcesHash(root))).toBe(true);
      change();
      expect(isBuilt(dist, sourcesHash(root)), String(change)).toBe(false);
      writeStamp(dist, sourcesHash(root));
    }
    write("lib/dist/addon.json", "");
    write("lib/node_modules/x.js", "");
    write("lib/.swp", "");
    expect(isBuilt(dist, sourcesHash(root))).toBe(true);
  });

  it("is made again when some of it is missing, or it was broken off", () => {
    writeStamp(dist, sourcesHash(root));
    rmSync(join(dist, "lib", "a.js"));
    expect(isBuilt(dist, sourcesHash(root))).toBe(false);
    writeStamp(dist, sourcesHash(root));
    removeStamp(dist);
    expect(isBuilt(dist, sourcesHash(root))).toBe(false);
  });
});
