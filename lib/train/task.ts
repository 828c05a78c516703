import { z } from "zod";
import type { Batch } from "../data/batch.js";
import { bucketedBatches } from "../data/batches.js";
import type { MusicDataset, Split } from "../data/dataset.js";
import type { SpeechDataset } from "../data/speech.js";
import { speechBatches } from "../data/speech-batches.js";
import { bernoulli, gaussianMixture, type Output } from "../outputs/output.js";
import { type Generator, generator } from "../random/generator.js";

/** What a run can be trained on. */
export type Dataset = MusicDataset | SpeechDataset;

/** How one epoch of training takes its data. */
export interface EpochOptions {
  readonly batchSize: number;
  /** Longer pieces of music are cut; speech sequences are of one length and stay whole. */
  readonly maxSteps: number;
  /** The order is a function of the two. */
  readonly seed: number;
  readonly epoch: number;
}

/** What the numbers of a model stand for: keys of a piano, or normalised samples. */
export const units = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("music"),
    lowestNote: z.number().int(),
    stepsPerQuarter: z.number().positive(),
  }),
  z.object({
    kind: z.literal("speech"),
    sampleRateHz: z.number().positive(),
    mean: z.number(),
    standardDeviation: z.number().positive(),
  }),
]);
export type Units = Readonly<z.infer<typeof units>>;

/** What a data set asks of a model, and how it becomes batches. */
export interface Task {
  readonly units: Units;
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
  const known = tasks.get(dataset) ?? makeTask(dataset);
  tasks.set(dataset, known);
  return known;
}

/** Runs side by side in one process share their batches, which a GPU then reads once. */
const tasks = new WeakMap<Dataset, Task>();

/** Epochs of music that are kept: runs of one seed go on at nearly the same pace. */
const keptEpochs = 4;

const order = ({ seed, epoch }: EpochOptions): Generator =>
  generator(seed, `shuffle epoch ${epoch}`);

function makeTask(dataset: Dataset): Task {
  switch (dataset.kind) {
    case "music": {
      const kept = new Map<Split, Batch[]>(); // the validation split comes back after every epoch
      const epochs = new Map<string, Batch[]>();
      return {
        units: {
          kind: "music",
          lowestNote: dataset.lowestNote,
          stepsPerQuarter: dataset.stepsPerQuarter ?? 2,
        },
        inputSize: dataset.keys,
        output: bernoulli(dataset.keys),
        epoch: (options) => {
          const { batchSize, maxSteps, seed, epoch } = options;
          const key = [batchSize, maxSteps, seed, epoch].join();
          const batches =
            epochs.get(key) ??
            bucketedBatches(dataset.train, dataset, {
              batchSize,
              maxSteps,
              shuffle: order(options),
            });
          epochs.delete(key);
          epochs.set(key, batches); // the latest last
          for (const old of [...epochs.keys()].slice(0, -keptEpochs)) epochs.delete(old);
          return { count: batches.length, batches };
        },
        evaluation: (split) => {
          const batches =
            kept.get(split) ??
            bucketedBatches(dataset[split], dataset, { batchSize: evaluationBatchSize });
          kept.set(split, batches);
          return batches;
        },
      };
    }
    case "speech": {
      const { sampleRateHz, mean, standardDeviation } = dataset;
      return {
        units: { kind: "speech", sampleRateHz, mean, standardDeviation },
        inputSize: speechWindow.inputSamples,
        output: gaussianMixture(speechWindow.targetSamples),
        epoch: (options) => ({
          count: Math.ceil(dataset.train.length / options.batchSize),
          batches: speechBatches(dataset.train, {
            ...speechWindow,
            batchSize: options.batchSize,
            shuffle: order(options),
          }),
        }),
        evaluation: (split) =>
          speechBatches(dataset[split], { ...speechWindow, batchSize: evaluationBatchSize }),
      };
    }
  }
}
