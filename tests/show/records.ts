import type { EpochPoint, RunRecord } from "../../lib/train/record.js";

/** A made-up run whose curves fall exponentially: hand-made numbers to draw, results of nothing. */
export function madeUpRecord(
  cell: string,
  options: {
    seed?: number;
    epochs?: number;
    synthetic?: boolean;
    start?: number;
    floor?: number;
  } = {},
): RunRecord {
  const { seed = 1, epochs = 30, synthetic = false, start = 14, floor = 8.5 } = options;
  const curve: EpochPoint[] = Array.from({ length: epochs }, (_, i) => {
    const nll = floor + (start - floor) * Math.exp(-i / 6) + seed * 0.05;
    return {
      epoch: i + 1,
      seconds: (i + 1) * 0.7 + seed * 0.1,
      learningRate: 1e-3,
      trainingNllPerStep: nll - 0.2,
      valid: { nllPerStep: nll + Math.max(0, i - 20) * 0.01, nllPerSequence: nll + 0.05 },
      gradientNorm: { mean: 2, max: 9, rescaled: 0.5 },
    };
  });
  const nll = (nllPerStep: number) => ({ nllPerStep, nllPerSequence: nllPerStep + 0.05 });
  return {
    schema: "gated-rnn/run/1",
    id: "0123456789abcdef",
    configuration: {
      data: "jsb",
      cell,
      hiddenSize: 46,
      seed,
      epochs,
      patience: epochs,
      batchSize: 8,
      maxSteps: 1000,
      learningRate: 1e-3,
      finalLearningRate: 0.01,
      decay: 0.95,
      momentum: 0.9,
      epsilon: 1e-6,
      weightNoise: 0.075,
      maxGradientNorm: 1,
      protocol: "ours",
      loss: "mean",
      rootFloor: 0,
      maxStepNorm: null,
      nonFiniteGradient: "stop",
      update: "rmsprop",
      updateSettings: {},
    },
    parameters: { recurrent: 18_630, output: 4_136 },
    data: {
      name: "jsb",
      title: "JSB Chorales",
      synthetic,
      checksum: "69dc4c3e52800959ac0ab3b82aa3e5f55285ce64f1705acb3e3a8ef77a5c051c",
    },
    engine: { name: "reference", build: "reference wasm", threads: 1 },
    code: { version: "0.1.0", commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d" },
    machine: { cpu: "made up", cores: 2, memoryGiB: 8, platform: "linux x64", node: "22.0.0" },
    started: "2026-01-01T00:00:00.000Z",
    seconds: epochs * 0.7,
    status: "finished",
    curve,
    bestEpoch: 21,
    results: { train: nll(floor), valid: nll(floor + 0.1), test: nll(floor + 0.2 + seed * 0.1) },
  };
}
