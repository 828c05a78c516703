import { batchOf } from "../data/batches.js";
import { beginningOf, type PianoRoll } from "../data/piano-roll.js";
import type { Engine } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { initialState } from "../model/initialise.js";
import type { TrainedModel } from "../train/weights-bytes.js";

/**
 * What a trained model pays for each step of a piece of music: the NLL of step t + 1 given all
 * before it, in nats, [steps − 1]. Their mean is the piece's NLL per step.
 *
 * The engine scores every beginning of the piece; a step's price is what its beginning costs more
 * than the one before.
 *
 * @throws GatedRnnError `usage` for a model of something else than music, or a piece of one step
 */
export async function surprise(
  { model, parameters, units }: Pick<TrainedModel, "model" | "parameters" | "units">,
  piece: PianoRoll,
  engine?: Engine,
): Promise<Float64Array> {
  if (units?.kind !== "music")
    throw new GatedRnnError("usage", "surprise: expected a model of music, got another");
  const beginnings = Array.from({ length: piece.length - 1 }, (_, k) => beginningOf(piece, k + 2));
  const batch = batchOf(beginnings, { lowestNote: units.lowestNote, keys: model.inputSize });
  const state = { ...initialState(model, 1), parameters };
  const session = await (engine ?? (await defaultEngine())).open(model, state);
  try {
    const paid = new Float64Array(piece.length); // by predicted steps
    for (const { nll, steps } of await session.evaluate(batch)) paid[steps] = nll;
    return Float64Array.from({ length: piece.length - 1 }, (_, k) => paid[k + 1] - paid[k]);
  } finally {
    await session.close();
  }
}
