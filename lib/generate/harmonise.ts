import type { PianoRoll } from "../data/piano-roll.js";
import { defaultEngine } from "../engines/index.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { type Harmonised, type HarmoniseOptions, harmoniseOn } from "./harmonise-on.js";

/**
 * Puts other voices below a melody, on the fastest engine that runs on this machine; see
 * `harmoniseOn`.
 *
 * @param melody at the model's own steps; one note or none a step as a rule
 * @throws GatedRnnError `usage` for a model of something else, notes outside its keys, an empty melody and options out of range
 */
export async function harmonise(
  trained: Pick<TrainedModel, "model" | "parameters" | "units">,
  melody: PianoRoll,
  options: HarmoniseOptions = {},
): Promise<Harmonised> {
  return harmoniseOn(await defaultEngine(), trained, melody, options);
}
