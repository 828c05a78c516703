import { batchOf } from "../data/batches.js";
import type { PianoRoll } from "../data/piano-roll.js";
import type { Engine, Trace } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { initialState } from "../model/initialise.js";
import type { TrainedModel } from "../train/weights-bytes.js";

/**
 * Every named gate and state of a trained model while a piece of music plays: [steps, hidden] by name, step t before note t + 1.
 *
 * @throws GatedRnnError `usage` for a model of speech
 */
export async function tracePiece(
  { model, parameters, units }: Pick<TrainedModel, "model" | "parameters" | "units">,
  piece: PianoRoll,
  engine?: Engine,
): Promise<Trace> {
  if (units?.kind !== "music")
    throw new GatedRnnError(
      "usage",
      "trace: expected a model of music that knows its keys, got another",
    );
  const session = await (engine ?? (await defaultEngine())).open(model, {
    ...initialState(model, 1),
    parameters,
  });
  try {
    return await session.trace(
      batchOf([piece], { lowestNote: units.lowestNote, keys: model.inputSize }),
    );
  } finally {
    await session.close();
  }
}
