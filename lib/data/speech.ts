import { join } from "node:path";
import { BadFileError, GatedRnnError } from "../errors.js";
import type { SpeechDataset } from "./dataset.js";
import { dataFolder } from "./music-sets.js";
import { openSamples } from "./samples-file.js";

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
