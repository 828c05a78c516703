import { notesAt, type PianoRoll, pianoRoll } from "../data/piano-roll.js";
import type { Engine } from "../engines/engine.js";
import { streamOn } from "../engines/stream.js";
import { GatedRnnError } from "../errors.js";
import { sampleRow } from "../outputs/evaluate.js";
import { generator } from "../random/generator.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { checkMakes, checkTemperature, type SamplingOptions } from "./sampling.js";

export interface MusicSamplingOptions extends SamplingOptions {
  /** Time steps to make (default 64). */
  readonly steps?: number;
  /** MIDI note number of key 0; default that of the model's data, else 21, a piano's lowest. */
  readonly lowestNote?: number;
  /** A beginning that the model hears first, and goes on from; not part of what comes out. Default: one step of silence. */
  readonly primer?: PianoRoll;
}

/**
 * New music: at each step the model gives every key a probability p, the keys are drawn, each on its own or, by NADE, one after
 * the other, and the chord drawn is the next input. With a temperature T the chance is σ(logit(p) / T). `sampleMusic` chooses the engine
 * itself.
 *
 * @throws GatedRnnError `usage` for a model of speech and options out of range
 */
export async function sampleMusicOn(
  engine: Engine,
  trained: Pick<TrainedModel, "model" | "parameters" | "units">,
  options: MusicSamplingOptions = {},
): Promise<PianoRoll> {
  const { steps = 64, seed = 1, primer } = options;
  const { model, units } = trained;
  checkMakes(model.output, "music");
  const keys = model.output.targetSize;
  const temperature = checkTemperature(options.temperature ?? 1);
  const lowestNote = options.lowestNote ?? (units?.kind === "music" ? units.lowestNote : 21);
  if (!Number.isInteger(steps) || steps < 1)
    throw new GatedRnnError("usage", `sampling: expected at least 1 step, got ${steps}`);
  const random = generator(seed, "sample music");
  const network = await streamOn(engine, trained);
  const hear = (notes: ArrayLike<number>) => {
    const sounding = Array.from(notes, (note) => {
      if (note >= lowestNote && note < lowestNote + keys) return note - lowestNote;
      throw new GatedRnnError(
        "usage",
        `primer: expected notes from ${lowestNote} to ${lowestNote + keys - 1}, got ${note}`,
      );
    });
    return network.stepSparse(sounding);
  };
  let readout = hear(primer && primer.length > 0 ? notesAt(primer, 0) : []);
  for (let t = 1; t < (primer?.length ?? 0); t++) readout = hear(notesAt(primer as PianoRoll, t));
  const made: number[][] = [];
  for (let t = 0; t < steps; t++) {
    const chord: number[] = [];
    const drawn = sampleRow(model.output, readout, random, temperature, {
      weights: trained.parameters,
    });
    drawn.forEach((sounds, key) => {
      if (sounds) chord.push(lowestNote + key);
    });
    made.push(chord);
    if (t + 1 < steps) readout = hear(chord);
  }
  network.close();
  return pianoRoll(
    made,
    `sampled from ${model.cell.name}, seed ${seed}, temperature ${temperature}`,
  );
}
