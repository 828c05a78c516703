import { expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import type { SpeechDataset, Waveform } from "../../lib/data/speech.js";
import { defaultEngine } from "../../lib/engines/index.js";
import { generator } from "../../lib/random/generator.js";
import { taskOf } from "../../lib/train/task.js";
import { train } from "../../lib/train/train.js";

/** An autoregressive process of order one, x_t = 0.9 x_(t−1) + √0.19 ε, of unit variance: its entropy rate is known. */
function process(count: number, seed: number): Waveform[] {
  const random = generator(seed, "autoregressive process");
  return Array.from({ length: count }, (_, i) => {
    const samples = new Float32Array(130);
    samples[0] = random.normal();
    for (let t = 1; t < samples.length; t++) samples[t] = 0.9 * samples[t - 1] + innovation * random.normal();
    return { name: `${i}`, length: samples.length, read: () => samples };
  });
}

const innovation = Math.sqrt(1 - 0.81);
/** Entropy of ten further samples given the past, in nats: ten times ½ ln(2πe σ²). */
const entropyPerStep = 10 * 0.5 * Math.log(2 * Math.PI * Math.E * innovation ** 2);

const dataset: SpeechDataset = {
  kind: "speech",
  name: "ar",
  title: "autoregressive process",
  synthetic: false,
  sampleRateHz: 8000,
  mean: 0,
  standardDeviation: 1,
  checksum: "0",
  train: process(150, 1),
  valid: process(30, 2),
  test: process(100, 3),
};

it("a speech task sees 20 samples, predicts 10 by 20 Gaussians, and takes the paper's sizes", async () => {
  const task = taskOf(dataset);
  expect([task.inputSize, task.output.targetSize, task.output.readoutSize]).toEqual([20, 10, 420]);
  const { count, batches } = task.epoch({ batchSize: 32, maxSteps: 5, shuffle: generator(1, "order") });
  const made = [...batches];
  expect(made).toHaveLength(count);
  expect(made.reduce((rows, b) => rows + b.stepOffsets[b.time], 0)).toBe(150 * 11); // (130 − 30) / 10 + 1 steps, never cut
});

it("training on sound approaches its entropy from above", async () => {
  const engine = await defaultEngine();
  const { record } = await train({
    dataset,
    cell: gru,
    engine,
    hiddenSize: 16,
    epochs: 12,
    batchSize: 10,
    learningRate: 5e-3,
    weightNoise: 0,
  });
  expect(record.configuration.hiddenSize).toBe(16);
  // the components are diagonal: a joint density of correlated samples is not theirs to reach, a Gaussian of unit variance is
  const unitGaussian = 10 * 0.5 * Math.log(2 * Math.PI * Math.E);
  expect(record.results.test.nllPerStep).toBeLessThan(unitGaussian - 1);
  expect(record.results.test.nllPerStep).toBeGreaterThan(entropyPerStep);
});
