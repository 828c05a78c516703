import type { Batch } from "../data/batch.js";
import type { Split } from "../data/dataset.js";
import { type Generator, generator } from "../random/generator.js";
import type { EpochOptions, Task } from "./task.js";

/** Epochs that are kept: runs of one seed go on at nearly the same pace. */
const keptEpochs = 4;

/**
 * Batches that runs side by side in one process share, which a GPU then reads once: the latest
 * epochs, and every split for evaluation.
 */
export function keptBatches(
  epochOf: (options: EpochOptions) => Batch[],
  evaluationOf: (split: Split) => Batch[],
): Pick<Task, "epoch" | "evaluation"> {
  const splits = new Map<Split, Batch[]>();
  const epochs = new Map<string, Batch[]>();
  return {
    epoch: (options) => {
      const { batchSize, maxSteps, seed, epoch, transpose } = options;
      const key = [batchSize, maxSteps, seed, epoch, transpose].join();
      const batches = epochs.get(key) ?? epochOf(options);
      epochs.delete(key);
      epochs.set(key, batches); // the latest last
      for (const old of [...epochs.keys()].slice(0, -keptEpochs)) epochs.delete(old);
      return { count: batches.length, batches };
    },
    evaluation: (split) => {
      const batches = splits.get(split) ?? evaluationOf(split);
      splits.set(split, batches);
      return batches;
    },
  };
}

/** The order of an epoch is a function of seed and epoch. */
export const epochOrder = ({ seed, epoch }: EpochOptions): Generator =>
  generator(seed, `shuffle epoch ${epoch}`);
