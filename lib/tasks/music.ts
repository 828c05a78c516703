import { bucketedBatches } from "../data/batches.js";
import type { MusicDataset } from "../data/dataset.js";
import { bernoulli } from "../outputs/index.js";
import { epochOrder, keptBatches } from "./kept-batches.js";
import { evaluationBatchSize, type Task } from "./task.js";

/** Piano-rolls as a task: from the keys of a step to those of the next, each with its own chance. */
export function musicTask(dataset: MusicDataset): Task {
  const { name, title, synthetic, checksum, lowestNote, keys, stepsPerQuarter = 2 } = dataset;
  return {
    name,
    title,
    synthetic,
    checksum,
    units: { kind: "music", lowestNote, stepsPerQuarter },
    inputSize: keys,
    output: bernoulli(keys),
    ...keptBatches(
      (options) => {
        const { batchSize, maxSteps } = options;
        const shuffle = epochOrder(options);
        return bucketedBatches(dataset.train, dataset, { batchSize, maxSteps, shuffle });
      },
      (split) => bucketedBatches(dataset[split], dataset, { batchSize: evaluationBatchSize }),
    ),
    source: { kind: "music", dataset },
  };
}
