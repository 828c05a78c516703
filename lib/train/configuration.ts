import type { Cell } from "../cells/cell.js";
import { hiddenSizeFor, paperHiddenSizes } from "../cells/size.js";
import { GatedRnnError } from "../errors.js";
import { type RunConfiguration, runConfiguration } from "./record.js";
import { type Dataset, taskOf } from "./task.js";

/** What the kind of data decides: parameters of the recurrent layer for a cell that the paper does not have, about as many as the paper's; and batches. */
const byKind = {
  music: { budget: 20_000, batchSize: 2 },
  speech: { budget: 169_000, batchSize: 8 },
} as const;

/**
 * The paper's protocol with our choices where it says nothing (momentum, ε, batch size, decay of the rate, patience):
 * what a run is unless told otherwise.
 *
 * @throws GatedRnnError `usage` when an option is out of its range
 */
export function configurationOf(
  dataset: Dataset,
  cell: Cell,
  options: Partial<RunConfiguration>,
): RunConfiguration {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const { kind } = dataset;
  const { inputSize } = taskOf(dataset);
  const configuration = {
    data: dataset.name,
    cell: cell.name,
    hiddenSize:
      paperHiddenSizes[kind][cell.name] ?? hiddenSizeFor(cell, inputSize, byKind[kind].budget),
    seed: 1,
    epochs: 200,
    patience: 100,
    batchSize: byKind[kind].batchSize,
    maxSteps: 1000,
    learningRate: 1e-3,
    finalLearningRate: 0.01,
    decay: 0.95,
    momentum: 0.9,
    epsilon: 1e-6,
    weightNoise: 0.075,
    maxGradientNorm: 1,
    ...given,
  };
  const checked = runConfiguration.safeParse(configuration);
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  const key = String(path[0]);
  throw new GatedRnnError(
    "usage",
    `${key}: ${message}, got ${String(configuration[key as keyof typeof configuration])}`,
  );
}

/** The learning rate of an update: linear decay from the first to `finalLearningRate` of it at the last. */
export function decayedLearningRate(
  { learningRate, finalLearningRate }: RunConfiguration,
  update: number,
  updates: number,
): number {
  return learningRate * (1 - (1 - finalLearningRate) * (updates > 1 ? update / (updates - 1) : 0));
}
