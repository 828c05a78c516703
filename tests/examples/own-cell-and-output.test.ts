import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

it("own-cell-and-output trains both outputs, and the heavier tails fit heavy-tailed noise better", () => {
  const node = join(root, "node_modules", ".bin", "node");
  const file = join(root, "lib", "examples", "own-cell-and-output.mts");
  const printed = execFileSync(node, ["--no-warnings", file], { encoding: "utf8" });
  expect(printed).toContain("f_t &= \\sigma(W_f x_t + U_f h_{t-1} + b_f)");
  expect(printed).toContain("\\mathrm{NLL} &= \\frac{\\lvert x - m \\rvert}{b} + \\log(2 \\, b)");
  const nll = [...printed.matchAll(/test NLL per step: (-?\d+\.\d{3})/g)].map((m) => Number(m[1]));
  expect(nll).toHaveLength(2);
  expect(nll[1]).toBeLessThan(nll[0] - 0.05);
});
