import type { PianoRoll } from "../data/piano-roll.js";
import { defaultEngine } from "../engines/index.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { type MusicSamplingOptions, sampleMusicOn } from "./music-on.js";

/**
 * New music from a trained model, on the fastest engine that runs on this machine; see
 * `sampleMusicOn`.
 *
 * @throws GatedRnnError `usage` for a model of speech and options out of range
 */
export async function sampleMusic(
  trained: Pick<TrainedModel, "model" | "parameters" | "units">,
  options: MusicSamplingOptions = {},
): Promise<PianoRoll> {
  return sampleMusicOn(await defaultEngine(), trained, options);
}
