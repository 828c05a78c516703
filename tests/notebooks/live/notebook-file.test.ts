import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lstmWithForgetBias, syntheticChorales } from "../../../lib/browser.js";
import { openEngine, train } from "../../../lib/index.js";
import { type Experiment, usual } from "../../../notebooks/live/experiment.ts";
import { notebookOf } from "../../../notebooks/live/notebook-file.ts";
import { cellOf } from "../../../notebooks/live/own-cell.ts";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

interface Notebook {
  readonly nbformat: number;
  readonly cells: readonly { readonly cell_type: string; readonly source: string }[];
}

const read = (experiment: Experiment): Notebook =>
  JSON.parse(notebookOf(experiment, "file:///live.html#x"));

describe("the notebook of an experiment", () => {
  it("trains the page's runs: the LSTM with its forget bias, the unit that was written, and the joint output", async () => {
    const experiment: Experiment = {
      ...usual,
      units: ["lstm", "mine"],
      forgetBias: 2,
      output: "nade",
      epochs: 1,
      batchSize: 32,
      hiddenSize: 6,
      seed: 3,
    };
    const code = read(experiment).cells.filter(({ cell_type }) => cell_type === "code");
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-live-"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "lib"), join(folder, "node_modules", "gated-rnn"));
    const file = join(folder, "notebook.mts");
    writeFileSync(
      file,
      code
        .slice(0, 2)
        .map(({ source }) => source)
        .join("\n"),
    );
    const node = join(root, "node_modules", ".bin", "node");
    const printed = execFileSync(node, ["--no-warnings", file], { encoding: "utf8" });
    const engine = await openEngine("native-wasm");
    const dataset = syntheticChorales(1);
    const expected: string[] = [];
    for (const cell of [lstmWithForgetBias(2), cellOf(experiment.source)]) {
      const output = "nade(64,high-to-low)";
      const sizes = { batchSize: 32, hiddenSize: 6, output };
      const settings = { epochs: 1, seed: 3, weightNoise: 0.075, ...sizes };
      const { record } = await train({ dataset, cell, engine, learningRate: 1e-3, ...settings });
      expected.push(`${cell.name} ${record.results.test.nllPerStep}`);
    }
    expect(printed.trim().split("\n")).toEqual(expected);
  });

  it("names its address, and asks for a folder where the music was dropped", () => {
    const { nbformat, cells } = read({ ...usual, data: "own" });
    expect(nbformat).toBe(4);
    expect(cells[0].source).toContain("file:///live.html#x");
    expect(cells[1].source).toContain("musicFromMidiFolder");
  });
});
