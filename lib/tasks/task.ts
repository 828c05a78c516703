import type { Batch } from "../data/batch.js";
import type { Split } from "../data/dataset.js";
import type { Output } from "../outputs/index.js";
import type { TaskSource } from "./source.js";
import type { Units } from "./units.js";

/** How one epoch of training takes its data. */
export interface EpochOptions {
  /** Sequences of a batch, from 1 on; the last of an epoch may have fewer. */
  readonly batchSize: number;
  /** Longer sequences are cut, where they can be: speech and sequences with one target stay whole. */
  readonly maxSteps: number;
  /** The order is a function of the two. */
  readonly seed: number;
  /** The epoch that is about to be trained, from 1. */
  readonly epoch: number;
  /** Music: every piece is shifted by up to so many semitones, up or down, a function of the two as well. Default: by none. */
  readonly transpose?: number;
}

/**
 * What data ask of a model, and how they become batches: plain data and two functions. Made by
 * `musicTask`, `speechTask`, `sequenceTask` and `textTask`; or by hand, for data of another kind.
 */
export interface Task {
  /** In records and in names of files: letters, digits, dots, dashes and underlines. */
  readonly name: string;
  /** For readers. */
  readonly title: string;
  readonly synthetic: boolean;
  /** Of all that the splits contain, 64 hexadecimal digits: a run's name follows from it. */
  readonly checksum: string;
  readonly units: Units;
  /** Width of a step of input. */
  readonly inputSize: number;
  readonly output: Output;
  /** One epoch: how many batches, and the batches, made as they are asked for. */
  epoch(options: EpochOptions): { readonly count: number; readonly batches: Iterable<Batch> };
  /** A split for evaluation: whole sequences, in no random order. */
  evaluation(split: Split): Iterable<Batch>;
  /** From what another process makes the same task; without it a sweep cannot carry it out. */
  readonly source?: TaskSource;
}

/** Sequences side by side in evaluation: it changes the speed only. */
export const evaluationBatchSize = 32;
