import { GatedRnnError } from "../errors.js";
import type { Batch } from "./batch.js";
import type { SpeechDataset } from "./dataset.js";
import { type MusicDataset, type Split, splits } from "./dataset.js";
import { windowSteps } from "./speech-batches.js";

/**
 * Refuses data of which a split has no step to predict, before anything is computed: its mean NLL would be 0 / 0.
 *
 * @param name of the data, for the message
 * @param predictable whether a split has a step
 * @throws GatedRnnError `usage`, naming the splits and the remedy
 */
export function checkPredictableSteps(
  name: string,
  predictable: (split: Split) => boolean,
  remedy = "give every split at least one sequence with something to predict",
): void {
  const empty = splits.filter((split) => !predictable(split));
  if (empty.length === 0) return;
  throw new GatedRnnError(
    "usage",
    `${name}: expected a predictable step in every split, got none in ${empty.join(" and ")}; ${remedy}`,
  );
}

export const remedies = {
  music: "a piece needs two time steps: add pieces to it, or split the set anew",
  speech: "a sequence needs 30 samples: make longer ones, or add recordings to it",
} as const;

/** The same for a data set of music or speech, by the lengths of its pieces: nothing is read. */
export function checkDataset(dataset: MusicDataset | SpeechDataset): void {
  const long = ({ length }: { length: number }) => windowSteps(length) > 0;
  const predictable = (split: Split) =>
    dataset.kind === "music" ? dataset[split].some(isPredictable) : dataset[split].some(long);
  checkPredictableSteps(dataset.name, predictable, remedies[dataset.kind]);
}

/** Whether a piece has a step to predict: its first step is only seen. */
export const isPredictable = ({ length }: { readonly length: number }): boolean => length > 1;

/** Whether any batch has a step to predict, of a weight above 0; looks at no batch more than it needs. */
export function hasPredictableStep(batches: Iterable<Batch>): boolean {
  for (const { stepOffsets, time, weights } of batches)
    if (stepOffsets[time] > 0 && (!weights || weights.some((w) => w > 0))) return true;
  return false;
}
