import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import type { SpeechDataset, Waveform } from "../../lib/data/dataset.js";
import { defaultEngine } from "../../lib/engines/index.js";
import { generator } from "../../lib/random/generator.js";
import { taskOf } from "../../lib/tasks/index.js";
import { train } from "../../lib/train/train.js";

/**
 * x_t = 0.8 x_(t−10) + 0.6 ε, of unit variance. Given the past, ten further samples are independent Gaussians whose means the window holds: the
 * mixture's components can be exactly that, so the entropy rate can be reached.
 */
function process(count: number, seed: number): Waveform[] {
  const random = generator(seed, "autoregressive process");
  return Array.from({ length: count }, (_, i) => {
    const samples = new Float32Array(130);
    for (let t = 0; t < samples.length; t++)
      samples[t] = t < 10 ? random.normal() : 0.8 * samples[t - 10] + innovation * random.normal();
    return { name: `${i}`, length: samples.length, read: () => samples };
  });
}

const innovation = 0.6;
/** Entropy of ten further samples given the past, in nats: ten times ½ ln(2πe σ²). */
const entropyPerStep = 10 * 0.5 * Math.log(2 * Math.PI * Math.E * innovation ** 2);
/** Standard error of the mean NLL over the test steps, under the true density: each sample's varies by ½. */
const scatter = Math.sqrt((10 * 0.5) / (300 * 11));

const dataset: SpeechDataset = {
  kind: "speech",
  name: "ar",
  title: "autoregressive process",
  synthetic: false,
  sampleRateHz: 8000,
  mean: 0,
  standardDeviation: 1,
  checksum: "0",
  train: process(4000, 1),
  valid: process(30, 2),
  test: process(300, 3),
};

it("a speech task sees 20 samples, predicts 10 by 20 Gaussians, and takes the paper's sizes", async () => {
  const task = taskOf(dataset);
  expect([task.inputSize, task.output.targetSize, task.output.readoutSize]).toEqual([20, 10, 420]);
  const { count, batches } = task.epoch({ batchSize: 32, maxSteps: 5, seed: 1, epoch: 1 });
  const made = [...batches];
  expect(made).toHaveLength(count);
  expect(made.reduce((rows, b) => rows + b.stepOffsets[b.time], 0)).toBe(4000 * 11); // (130 − 30) / 10 + 1 steps, never cut
});

it("training on sound approaches its entropy from above and does not pass below it", async () => {
  const engine = await defaultEngine();
  const run = {
    dataset,
    cell: gru,
    engine,
    hiddenSize: 40,
    batchSize: 20,
    learningRate: 1e-3,
    weightNoise: 0,
    epochs: 10,
  };
  const { record } = await train(run);
  const reached = record.results.test.nllPerStep;
  const early = record.curve[0].trainingNllPerStep;
  expect(reached).toBeGreaterThan(entropyPerStep - 3 * scatter);
  expect(reached).toBeLessThan(entropyPerStep + 0.2);
  expect(early).toBeGreaterThan(entropyPerStep + 0.4);
});
