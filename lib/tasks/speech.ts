import type { SpeechDataset } from "../data/dataset.js";
import { speechBatches, windowSteps } from "../data/speech-batches.js";
import { gaussianMixture } from "../outputs/index.js";
import { epochOrder } from "./kept-batches.js";
import { evaluationBatchSize, type Task } from "./task.js";

/** Samples that a network sees and then predicts at a step (Chung et al. 2014, section 4.2). */
export const speechWindow = { inputSamples: 20, targetSamples: 10 } as const;

/** Waveforms as a task: from a window of 20 samples to the ten after it, by a mixture of Gaussians. */
export function speechTask(dataset: SpeechDataset): Task {
  const { name, title, synthetic, checksum, sampleRateHz, mean, standardDeviation } = dataset;
  const long = dataset.train.filter(({ length }) => windowSteps(length, speechWindow) > 0).length;
  return {
    name,
    title,
    synthetic,
    checksum,
    units: { kind: "speech", sampleRateHz, mean, standardDeviation },
    inputSize: speechWindow.inputSamples,
    output: gaussianMixture(speechWindow.targetSamples),
    epoch: (options) => ({
      count: Math.ceil(long / options.batchSize),
      batches: speechBatches(dataset.train, {
        ...speechWindow,
        batchSize: options.batchSize,
        shuffle: epochOrder(options),
      }),
    }),
    evaluation: (split) =>
      speechBatches(dataset[split], { ...speechWindow, batchSize: evaluationBatchSize }),
  };
}
