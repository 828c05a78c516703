import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");

it("the README's pictures and table 2 are what the committed records give (if not: npm run figures)", () => {
  const args = ["--no-warnings", join(root, "notebooks", "tools", "figures.mts"), "--check"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.match(/as the records have it/g)).toHaveLength(10);
  expect(status).toBe(0);
});
