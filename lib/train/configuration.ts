import type { Cell } from "../cells/cell.js";
import { hiddenSizeFor, paperHiddenSizes } from "../cells/size.js";
import type { MusicDataset } from "../data/dataset.js";
import { GatedRnnError } from "../errors.js";
import { type RunConfiguration, runConfiguration } from "./record.js";

/** Parameters of the recurrent layer that a cell without a size in the paper gets on music, about as many as the paper's. */
const musicBudget = 20_000;

/**
 * The paper's protocol with our choices where it says nothing (momentum, ε, batch size, decay of the rate, patience):
 * what a run is unless told otherwise.
 *
 * @throws GatedRnnError `usage` when an option is out of its range
 */
export function configurationOf(dataset: MusicDataset, cell: Cell, options: Partial<RunConfiguration>): RunConfiguration {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const configuration = {
    data: dataset.name,
    cell: cell.name,
    // ??= and not a default in the object: the size of an unknown cell takes a search
    hiddenSize: paperHiddenSizes.music[cell.name] ?? hiddenSizeFor(cell, dataset.keys, musicBudget),
    seed: 1,
    epochs: 200,
    patience: 100,
    batchSize: 2,
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
  throw new GatedRnnError("usage", `${key}: ${message}, got ${String(configuration[key as keyof typeof configuration])}`);
}

/** The learning rate of an update: linear decay from the first to `finalLearningRate` of it at the last. */
export function decayedLearningRate({ learningRate, finalLearningRate }: RunConfiguration, update: number, updates: number): number {
  return learningRate * (1 - (1 - finalLearningRate) * (updates > 1 ? update / (updates - 1) : 0));
}
