import { notesAt, type PianoRoll, pianoRoll } from "../data/piano-roll.js";
import type { Engine } from "../engines/engine.js";
import { streamOn } from "../engines/stream.js";
import { GatedRnnError } from "../errors.js";
import { heldSample } from "../outputs/evaluate.js";
import type { Output } from "../outputs/output.js";
import { generator } from "../random/generator.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { checkMakes, checkTemperature, type SamplingOptions } from "./sampling.js";

export interface HarmoniseOptions extends SamplingOptions {
  /** Chords that are drawn for a step where the draw is not exact by itself, and of which one is taken by its weight (default 32). */
  readonly candidates?: number;
}

/** A melody with what was put below it. */
export interface Harmonised {
  /** The melody's notes among them, its highest the highest of every step. */
  readonly roll: PianoRoll;
  /** Whether every chord was drawn exactly, given its melody note and the steps before; else by importance among `candidates`. */
  readonly isExact: boolean;
  /** By importance: the candidates' effective number, 1 / Σ w² of their weights, a mean over steps; exact draws count as 1. */
  readonly effectiveCandidates: number;
}

/**
 * Puts other voices below a melody: at each step the melody's notes are held on, all keys above its highest are held off, and the
 * rest is drawn given them. Steps in which the melody rests are drawn freely.
 *
 * The draw of a step is exact, given the steps before it, where what is held comes before what is free in the order in which keys are
 * drawn: always where keys are independent, and with NADE from high to low under a melody of one note. Otherwise chords are drawn with
 * the held keys forced, and one of them is taken by its importance: the chance that the model itself had drawn the held keys so. Notes
 * of the melody that are still to come are not looked at. `harmonise` chooses the engine itself.
 *
 * @param melody at the model's own steps; one note or none a step as a rule
 * @throws GatedRnnError `usage` for a model of something else, notes outside its keys, an empty melody and options out of range
 */
export async function harmoniseOn(
  engine: Engine,
  trained: Pick<TrainedModel, "model" | "parameters" | "units">,
  melody: PianoRoll,
  options: HarmoniseOptions = {},
): Promise<Harmonised> {
  const { seed = 1, candidates = 32 } = options;
  const { model, units, parameters: weights } = trained;
  const { output } = model;
  checkMakes(output, "music");
  const temperature = checkTemperature(options.temperature ?? 1);
  if (!(Number.isInteger(candidates) && candidates >= 1 && candidates <= 10_000))
    throw new GatedRnnError(
      "usage",
      `harmonise: expected 1 to 10000 candidates, got ${String(candidates)}`,
    );
  if (melody.length < 1)
    throw new GatedRnnError("usage", "harmonise: expected a melody of at least one step, got none");
  const lowestNote = units?.kind === "music" ? units.lowestNote : 21;
  const keys = output.targetSize;
  const outside = melody.notes.find((note) => note < lowestNote || note >= lowestNote + keys);
  if (outside !== undefined)
    throw new GatedRnnError(
      "usage",
      `harmonise: expected notes from ${lowestNote} to ${lowestNote + keys - 1}, got ${outside}`,
    );
  const random = generator(seed, "harmonise");
  const network = await streamOn(engine, trained);
  try {
    let readout = network.stepSparse([]);
    let [exactSteps, effective] = [0, 0];
    const made: number[][] = [];
    for (let t = 0; t < melody.length; t++) {
      const notes = Array.from(notesAt(melody, t), (note) => note - lowestNote);
      const held = heldBelow(notes, keys);
      const exact = isExact(output, held);
      const drawn = Array.from({ length: exact ? 1 : candidates }, () =>
        heldSample(output, readout, random, temperature, { weights, held }),
      );
      const { chosen, number } = byWeight(
        drawn.map(({ logWeight }) => logWeight),
        random.uniform(),
      );
      exactSteps += Number(exact);
      effective += number;
      const chord = [...drawn[chosen].target.keys()].filter((k) => drawn[chosen].target[k] === 1);
      made.push(chord.map((key) => lowestNote + key));
      if (t + 1 < melody.length) readout = network.stepSparse(chord);
    }
    return {
      roll: pianoRoll(made, `${melody.name ?? "a melody"}, harmonised by ${model.cell.name}`),
      isExact: exactSteps === melody.length,
      effectiveCandidates: effective / melody.length,
    };
  } finally {
    network.close();
  }
}

/** 1 for the melody's keys, 0 above them, NaN below: free. Without a melody all are free. */
function heldBelow(notes: readonly number[], keys: number): Float64Array {
  const held = new Float64Array(keys).fill(Number.NaN);
  if (notes.length === 0) return held;
  held.fill(0, Math.max(...notes) + 1);
  for (const key of notes) held[key] = 1;
  return held;
}

/** Whether all held keys come before all free ones in the order of the draw, or there is no order. */
function isExact({ graph }: Output, held: Float64Array): boolean {
  const op = graph.sample === undefined ? undefined : graph.nodes[graph.sample].op;
  const isHeld = Array.from(held, (v) => !Number.isNaN(v));
  if (op === "chance" || !isHeld.includes(true)) return true;
  if (op === "downward") isHeld.reverse();
  return !isHeld.slice(isHeld.indexOf(false)).includes(true) || !isHeld.includes(false);
}

/** One of some by weights e^log, at u, and how many of them there are in effect. */
function byWeight(logWeights: readonly number[], u: number): { chosen: number; number: number } {
  const top = logWeights.reduce((a, b) => Math.max(a, b));
  const weights = logWeights.map((w) => (top === Number.NEGATIVE_INFINITY ? 1 : Math.exp(w - top)));
  const total = weights.reduce((a, b) => a + b);
  const squares = weights.reduce((sum, w) => sum + (w / total) ** 2, 0);
  let left = u * total;
  const chosen = weights.findIndex((w) => {
    left -= w;
    return left < 0;
  });
  return { chosen: Math.max(0, chosen), number: 1 / squares };
}
