import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { syntheticChorales } from "../../lib/data/synthetic.js";
import {
  baselinesOf,
  gru,
  readRecord,
  readWeights,
  sequenceTask,
  textTask,
  train,
  writeRecord,
  writeWeights,
} from "../../lib/index.js";
import { baselinesTable, learningCurves, resultsTable, tableText, toSvg } from "../../lib/show.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-own-task-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const waves = sequenceTask({
  name: "waves",
  sequences: Array.from({ length: 20 }, (_, i) =>
    Array.from({ length: 30 }, (_, t) => [Math.sin(0.4 * t + i), 100 + i]),
  ),
  columns: ["=x", "level"],
});
/** Fractions for weights, unknown targets, and a class that is known at some steps. */
const labelled = sequenceTask({
  name: "labelled",
  sequences: Array.from({ length: 20 }, (_, i) => ({
    input: Array.from({ length: 10 }, (_, t) => [((i + t) % 3) - 1, i]),
    target: Array.from({ length: 10 }, (_, t) => (t % 4 === 3 ? null : "abc"[(i + t) % 3])),
    weights: Array.from({ length: 10 }, (_, t) => 0.3 * (1 + (t % 2))),
  })),
});
const options = { cell: gru, hiddenSize: 6, batchSize: 4, learningRate: 0.01 };

it("a run of own data that is stopped goes on to the bits of an undisturbed one", async () => {
  const checkpoint = join(folder, "run.safetensors");
  const whole = await train({ task: labelled, ...options, epochs: 4 });
  const controller = new AbortController();
  const stopped = await train({
    ...{ task: labelled, ...options, epochs: 4, checkpoint, signal: controller.signal },
    onProgress: ({ epoch, epochShare }) => {
      if (epoch === 2 && epochShare > 0.4) controller.abort();
    },
  });
  expect(stopped.record.status).toBe("stopped");
  const again = await train({ task: labelled, ...options, epochs: 4, checkpoint });
  expect(again.record.started).toBe(stopped.record.started); // it did go on
  expect(again.record.results).toEqual(whole.record.results);
  expect(again.record.curve.map((p) => p.trainingNllPerStep)).toEqual(
    whole.record.curve.map((p) => p.trainingNllPerStep),
  );
});

it("the steps of a test sequence are the sum of its weights", async () => {
  const { record } = await train({ task: labelled, ...options, epochs: 1 });
  // steps 3 and 7 are not known: 0.3 for steps 0, 2, 4, 6, 8 and 0.6 for steps 1, 5, 9
  for (const steps of record.testPieces?.steps ?? [0]) expect(steps).toBeCloseTo(3.3, 5);
});

it("what is known of a task comes back from its record and weights", async () => {
  const trained = await train({ task: waves, ...options, epochs: 3 });
  const file = writeRecord(folder, trained.record);
  expect(readRecord(file).data).toEqual({
    ...{ name: "waves", title: "waves", synthetic: false, checksum: waves.checksum },
    task: { kind: "values", inputSize: 2, output: "gaussian", targetSize: 2 },
  });
  const weights = join(folder, "waves.safetensors");
  writeWeights(weights, { ...trained, data: waves.name, run: trained.record.id });
  const { model, units, parameters } = readWeights(weights);
  expect(units).toEqual(waves.units);
  expect(model.output).toEqual(waves.output);
  expect(parameters).toEqual(trained.parameters);
});

it("curves and tables show own data, below zero too", async () => {
  const task = textTask("abab".repeat(100));
  const [{ record }, text] = [
    await train({ task: waves, ...options, epochs: 30 }),
    await train({ task, ...options, epochs: 2 }),
  ];
  expect(record.results.valid.nllPerStep).toBeLessThan(0);
  for (const shown of [record, text.record])
    expect(await toSvg(learningCurves([shown], { x: "epoch" }))).toMatch(/^<svg/);
  expect(tableText(resultsTable([record]))).toContain("waves");
  const baselines = tableText(baselinesTable(waves, await baselinesOf(waves)));
  expect(baselines).toContain("the last value again");
});

it("a task and a data set, or neither, are refused", async () => {
  const dataset = syntheticChorales();
  await expect(train({ cell: gru, task: waves, dataset } as never)).rejects.toThrow("got both");
  await expect(train({ cell: gru } as never)).rejects.toThrow(
    "expected a task or a dataset, got neither",
  );
});
