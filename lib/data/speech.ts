import { join } from "node:path";
import { BadFileError, GatedRnnError } from "../errors.js";
import type { Split } from "./dataset.js";
import { dataFolder } from "./music-sets.js";
import { openSamples } from "./samples-file.js";

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
  readonly sampleRateHz: number;
  /** Of the training samples before they were normalised, full scale being 1. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** sha256 of what the splits contain: what a record names as its data. */
  readonly checksum: string;
  /** What a reader should know of the data, such as sequences too short for a step. */
  readonly warnings?: readonly string[];
}

/** The stand-ins for the paper's two speech sets, which were never published; made of the Free Spoken Digit Dataset. */
export const speechSets = {
  "speech-a": {
    title: "Spoken digits, 7,230 × 500 samples (stands in for Ubisoft A)",
    sequenceSamples: 500,
  },
  "speech-b": {
    title: "Spoken digits, 800 × 8,000 samples (stands in for Ubisoft B)",
    sequenceSamples: 8000,
  },
} as const;
export type SpeechSetName = keyof typeof speechSets;

export const speechSetNames = Object.keys(speechSets) as SpeechSetName[];

/** The prepared file of a speech set. */
export const speechFile = (name: string, folder = dataFolder()) =>
  join(folder, "prepared", `${name}.samples`);

/**
 * A speech set from its prepared file. Samples are read from it as they are needed.
 *
 * @param name speech-a, speech-b, or what a folder of WAV files was prepared as
 * @throws GatedRnnError `data-missing` when it is not prepared, `bad-file` when its file is damaged
 */
export function loadSpeech(
  name: string,
  { folder = dataFolder() }: { readonly folder?: string } = {},
): SpeechDataset {
  try {
    return openSamples(speechFile(name, folder));
  } catch (error) {
    if (error instanceof BadFileError && speechSetNames.some((known) => known === name))
      throw new GatedRnnError(
        "bad-file",
        error.message.replace("prepare the set again", `run gated-rnn data prepare ${name}`),
        { cause: error },
      );
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new GatedRnnError(
      "data-missing",
      `${name}: expected a prepared set in ${folder}, got none; run gated-rnn data prepare ${name}`,
    );
  }
}
