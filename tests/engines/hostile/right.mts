// What is right: the batches that calls are broken from.
const steps = Int32Array.of(0, 3, 6, 8, 9);

const common = {
  size: 3,
  time: 4,
  lengths: Int32Array.of(4, 3, 2),
  stepOffsets: steps,
  sources: Int32Array.of(2, 0, 1),
};

const keys = (columns: readonly (readonly number[])[]) => ({
  kind: "sparse" as const,
  width: 6,
  offsets: Int32Array.from([0, ...columns.map((_, r) => columns.slice(0, r + 1).flat().length)]),
  columns: Int32Array.from(columns.flat()),
});

const samples = (width: number) => ({
  kind: "dense" as const,
  width,
  values: Float32Array.from({ length: 9 * width }, (_, i) => Math.sin(i + width)),
});

/** Piano keys: 6 in, 6 out. */
export const musicBatch = {
  ...common,
  input: keys([[0, 2], [5], [], [1, 3, 4], [0], [2, 5], [1], [], [0, 1, 2]]),
  target: keys([[1], [5, 4], [2], [], [0, 3], [2], [1], [4, 5], [0]]),
};

/** Samples: 6 in, 4 out, one step of them not to be predicted and one twice as much. */
export const soundBatch = {
  ...common,
  input: samples(6),
  target: samples(4),
  weights: Float32Array.of(1, 0, 2, 1, 1, 1, 1, 1, 1),
};

export const settings = {
  learningRate: 1e-3,
  weightNoise: 0,
  noiseSeed: 5,
  maxGradientNorm: 1,
  maxStepNorm: Number.POSITIVE_INFINITY,
  loss: "mean",
  nonFiniteGradient: "stop",
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6, rootFloor: 0 },
} as const;

export const hiddenSize = 5;
export const seeds = { weights: 3, chance: 11 } as const;
