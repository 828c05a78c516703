import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");

const made = readdirSync(join(root, "notebooks", "results")).filter((name) =>
  /\.(svg|md)$/.test(name),
);

it("pictures, tables and the pages' blocks are what the committed records give (if not: npm run figures)", () => {
  const args = ["--no-warnings", join(root, "notebooks", "tools", "figures.mts"), "--check"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  const checked = [...stdout.matchAll(/as the records have it: (.*)/g)].map(([, file]) => file);
  for (const name of made) expect(checked).toContain(join("notebooks", "results", name));
  expect(checked).toEqual(expect.arrayContaining(["README.md", join("docs", "reproduction.md")]));
  expect(status).toBe(0);
});
