import type { ProtocolName, RunConfiguration } from "./record.js";

/** The part of a configuration that a protocol decides, whatever the data. */
export type Protocol = Partial<RunConfiguration> &
  Omit<
    RunConfiguration,
    | ("protocol" | "update" | "updateSettings" | "data" | "cell" | "hiddenSize" | "seed")
    | ("batchSize" | "weightNoise") // ours depend on the kind of data
  >;

const ours = {
  epochs: 200,
  patience: 100,
  maxSteps: 1000,
  learningRate: 1e-3,
  finalLearningRate: 0.01,
  decay: 0.95,
  momentum: 0.9,
  epsilon: 1e-6,
  rootFloor: 0,
  maxGradientNorm: 1,
  maxStepNorm: null,
  loss: "mean",
  nonFiniteGradient: "stop",
} as const satisfies Protocol;

/**
 * Facts of the code that the paper's authors published (librnn, 2014): one whole sequence an update, its NLL summed over its steps;
 * RMSProp whose root is floored at 0.01 with nothing added, momentum 0.9 on the normalised step, the applied step's norm limited to
 * 1; a gradient whose norm is not finite replaced by a tenth of the parameters; 500 epochs, the rate falling linearly to 1 %. Ours,
 * where the facts leave it open: the rate stands inside the momentum, the limit acts on the step and not on the momentum that is
 * kept, what replaces a gradient is not rescaled, and no run ends before its last epoch.
 */
const authors = {
  ...ours,
  epochs: 500,
  patience: 500,
  batchSize: 1,
  maxSteps: null,
  epsilon: 0,
  rootFloor: 0.01,
  maxStepNorm: 1,
  loss: "sum",
  nonFiniteGradient: "shrink",
  weightNoise: 0.075,
} as const satisfies Protocol;

/**
 * The two protocols' settings by name: this project's, and those of the code that the paper's
 * authors published.
 */
export const protocols: Readonly<Record<ProtocolName, Protocol>> = { ours, authors };
