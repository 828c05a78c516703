import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

it("streaming hears chords, is put aside, and goes on with the same prediction", () => {
  const node = join(root, "node_modules", ".bin", "node");
  const file = join(root, "lib", "examples", "streaming.mts");
  const printed = execFileSync(node, ["--no-warnings", file], { encoding: "utf8" });
  expect(printed.match(/^heard .*; likeliest next: key \d+; mean of z 0\.\d{3}$/gm)).toHaveLength(
    3,
  );
  expect(printed).toContain("restored: the same prediction");
  expect(printed).toMatch(/^[\d,]+ steps a second$/m);
});
