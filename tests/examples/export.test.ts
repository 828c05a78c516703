import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as runtime from "onnxruntime-web";
import { expect, it } from "vitest";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

it("export writes a model that onnxruntime opens, and weights that come back the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-examples-"));
  try {
    const node = join(root, "node_modules", ".bin", "node");
    const file = join(root, "lib", "examples", "export.mts");
    const printed = execFileSync(node, ["--no-warnings", file], { cwd: folder, encoding: "utf8" });
    expect(printed).toContain("rnn.weight_ih_l0 [");
    expect(printed).toContain("back from PyTorch's names: the same numbers");
    const session = await runtime.InferenceSession.create(readFileSync(join(folder, "model.onnx")));
    expect([session.inputNames, session.outputNames]).toEqual([["input"], ["readout"]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
