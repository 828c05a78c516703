import { bucketedBatches } from "../data/batches.js";
import type { MusicDataset } from "../data/dataset.js";
import { randomlyTransposed } from "../data/transpose.js";
import { bernoulli } from "../outputs/index.js";
import { generator } from "../random/generator.js";
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
        const { batchSize, maxSteps, seed, epoch, transpose = 0 } = options;
        const shuffle = epochOrder(options);
        const random = generator(seed, `transpose epoch ${epoch}`);
        const pieces =
          transpose === 0
            ? dataset.train
            : randomlyTransposed(dataset.train, dataset, transpose, random);
        return bucketedBatches(pieces, dataset, { batchSize, maxSteps, shuffle });
      },
      (split) => bucketedBatches(dataset[split], dataset, { batchSize: evaluationBatchSize }),
    ),
    source: { kind: "music", dataset },
  };
}
