import type { Batch } from "../data/batch.js";
import { bucketedBatches } from "../data/batches.js";
import type { MusicDataset, Split } from "../data/dataset.js";
import type { SpeechDataset } from "../data/speech.js";
import { speechBatches } from "../data/speech-batches.js";
import { bernoulli, gaussianMixture, type Output } from "../outputs/output.js";
import type { Generator } from "../random/generator.js";

/** What a run can be trained on. */
export type Dataset = MusicDataset | SpeechDataset;

/** How one epoch of training takes its data. */
export interface EpochOptions {
  readonly batchSize: number;
  /** Longer pieces of music are cut; speech sequences are of one length and stay whole. */
  readonly maxSteps: number;
  readonly shuffle: Generator;
}

/** What a data set asks of a model, and how it becomes batches. */
export interface Task {
  readonly kind: "music" | "speech";
  readonly inputSize: number;
  readonly output: Output;
  /** One epoch: how many batches, and the batches, made as they are asked for. */
  epoch(options: EpochOptions): { readonly count: number; readonly batches: Iterable<Batch> };
  /** A split for evaluation: whole sequences, in no random order. */
  evaluation(split: Split): Iterable<Batch>;
}

/** Sequences side by side in evaluation: it changes the speed only. */
const evaluationBatchSize = 32;

/** Samples that a network sees and then predicts at a step (Chung et al. 2014, section 4.2). */
export const speechWindow = { inputSamples: 20, targetSamples: 10 } as const;

export function taskOf(dataset: Dataset): Task {
  switch (dataset.kind) {
    case "music": {
      const kept = new Map<Split, Batch[]>(); // the validation split comes back after every epoch
      return {
        kind: "music",
        inputSize: dataset.keys,
        output: bernoulli(dataset.keys),
        epoch: (options) => {
          const batches = bucketedBatches(dataset.train, dataset, options);
          return { count: batches.length, batches };
        },
        evaluation: (split) => {
          const batches = kept.get(split) ?? bucketedBatches(dataset[split], dataset, { batchSize: evaluationBatchSize });
          kept.set(split, batches);
          return batches;
        },
      };
    }
    case "speech":
      return {
        kind: "speech",
        inputSize: speechWindow.inputSamples,
        output: gaussianMixture(speechWindow.targetSamples),
        epoch: ({ batchSize, shuffle }) => ({
          count: Math.ceil(dataset.train.length / batchSize),
          batches: speechBatches(dataset.train, { ...speechWindow, batchSize, shuffle }),
        }),
        evaluation: (split) => speechBatches(dataset[split], { ...speechWindow, batchSize: evaluationBatchSize }),
      };
  }
}
