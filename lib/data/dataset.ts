import type { PianoRoll } from "./piano-roll.js";

export const splits = ["train", "valid", "test"] as const;
/** Which part of a data set: to learn from, to choose by, to judge by. */
export type Split = (typeof splits)[number];

/** The pieces of a set, by split. */
export type MusicSplits = Readonly<Record<Split, readonly PianoRoll[]>>;

/** The pieces of a set as they were read from a file, and which have nothing to predict: one warning, counted, or none. */
export type ReadMusic = MusicSplits & { readonly warnings: readonly string[] };

/** A set of piano-rolls in three splits, and the keys that a model of it reads and predicts. */
export interface MusicDataset {
  readonly kind: "music";
  /** Name on the command line and in records, such as "jsb". */
  readonly name: string;
  /** Name for readers, such as "JSB Chorales". Says so when the data is synthetic. */
  readonly title: string;
  readonly synthetic: boolean;
  /** Where key 0 lies: its MIDI note number (21 for the 88 keys of a piano). */
  readonly lowestNote: number;
  /** Number of keys: width of the input and of the output. */
  readonly keys: number;
  /** Time steps in a quarter note (default 2: a step is an eighth note). */
  readonly stepsPerQuarter?: number;
  /** sha256 over the splits' contents (see `datasetChecksum`): what a record names as its data. */
  readonly checksum: string;
  readonly train: readonly PianoRoll[];
  readonly valid: readonly PianoRoll[];
  readonly test: readonly PianoRoll[];
  /** What a reader should know of the data, such as pieces that have nothing to predict. */
  readonly warnings?: readonly string[];
  /** The lowest NLL per step that any model can reach on average, in nats, where the source of the data is known exactly. */
  readonly entropyPerStep?: number;
}

/** A sequence of samples that is read when it is needed. */
export interface Waveform {
  readonly name: string;
  /** Number of samples. */
  readonly length: number;
  /** [length] samples, normalised: over the training set they have zero mean and unit variance. */
  read(): Float32Array;
}

/** Recorded speech as sequences of samples in three splits. */
export interface SpeechDataset extends Readonly<Record<Split, readonly Waveform[]>> {
  readonly kind: "speech";
  readonly name: string;
  readonly title: string;
  readonly synthetic: false;
  /** Samples a second. */
  readonly sampleRateHz: number;
  /** Of the training samples before they were normalised, full scale being 1. */
  readonly mean: number;
  /** Of the same; the samples of all splits are divided by it. */
  readonly standardDeviation: number;
  /** sha256 of what the splits contain: what a record names as its data. */
  readonly checksum: string;
  /** What a reader should know of the data, such as sequences too short for a step. */
  readonly warnings?: readonly string[];
}
