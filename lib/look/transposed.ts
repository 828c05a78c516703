import { bucketedBatches } from "../data/batches.js";
import type { PianoRoll } from "../data/piano-roll.js";
import { possibleShifts, transposed } from "../data/transpose.js";
import type { Engine } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { initialState } from "../model/initialise.js";
import { meanNll } from "../train/evaluate.js";
import type { TrainedModel } from "../train/weights-bytes.js";

/** What a model pays for pieces in another key. */
export interface TransposedNll {
  /** By how much they were shifted. */
  readonly semitones: number;
  /** Mean over steps, in nats. */
  readonly nllPerStep: number;
  /** Pieces that have room for the shift. */
  readonly pieces: number;
}

const sequences = 32;

/**
 * Whether a model has learnt music or the keys that it was written in (Johnson 2017): what it pays per step for pieces shifted by
 * −semitones … semitones. Pieces that would leave the keys are left out of a shift.
 *
 * @param semitones default 5
 * @throws GatedRnnError `usage` for a model of something else than music, and a number of semitones that is none
 */
export async function transposedNll(
  { model, parameters, units }: Pick<TrainedModel, "model" | "parameters" | "units">,
  pieces: readonly PianoRoll[],
  semitones = 5,
  engine?: Engine,
): Promise<TransposedNll[]> {
  if (units?.kind !== "music")
    throw new GatedRnnError("usage", "transpose: expected a model of music, got another");
  if (!(Number.isInteger(semitones) && semitones >= 0 && semitones <= 11))
    throw new GatedRnnError(
      "usage",
      `transpose: expected 0 to 11 semitones, got ${String(semitones)}`,
    );
  const keys = { lowestNote: units.lowestNote, keys: model.inputSize };
  const state = { ...initialState(model, 1), parameters };
  const session = await (engine ?? (await defaultEngine())).open(model, state);
  try {
    const found: TransposedNll[] = [];
    for (let shift = -semitones; shift <= semitones; shift++) {
      const roomy = pieces.filter((piece) => {
        const { lowest, highest } = possibleShifts(piece, keys, Math.abs(shift));
        return lowest <= shift && shift <= highest;
      });
      if (roomy.length === 0) continue;
      const shifted = roomy.map((piece) => transposed(piece, shift));
      const scores = [];
      for (const batch of bucketedBatches(shifted, keys, { batchSize: sequences }))
        scores.push(...(await session.evaluate(batch)));
      const { nllPerStep } = meanNll(scores);
      found.push({ semitones: shift, nllPerStep, pieces: roomy.length });
    }
    return found;
  } finally {
    await session.close();
  }
}
