import { GatedRnnError } from "../errors.js";
import type { Generator } from "../random/generator.js";
import type { Batch, Rows } from "./batch.js";
import type { PianoRoll } from "./piano-roll.js";

/** Which notes are the columns of a batch: key k is MIDI note `lowestNote` + k. */
export interface Keys {
  readonly lowestNote: number;
  readonly keys: number;
}

/** Some consecutive steps of a piece: `steps` predictions, from step `first` on. */
interface Excerpt {
  readonly roll: PianoRoll;
  readonly source: number;
  readonly first: number;
  readonly steps: number;
}

/**
 * One batch of whole pieces: a piece of T steps gives the inputs 1 … T − 1 and the targets 2 … T. Pieces of fewer than two
 * steps have nothing to predict and are left out.
 *
 * @throws GatedRnnError `usage` when no piece is left, or a note lies outside the keys
 */
export function batchOf(rolls: readonly PianoRoll[], keys: Keys): Batch {
  const excerpts = whole(rolls);
  if (excerpts.length === 0)
    throw new GatedRnnError(
      "usage",
      `batch: expected a piece of at least two steps, got none among ${rolls.length}`,
    );
  return pack(excerpts, keys);
}

export interface BucketOptions {
  readonly batchSize: number;
  /** Longer pieces are cut into excerpts of at most this many predicted steps; every step but a piece's first is still predicted once. */
  readonly maxSteps?: number;
  /** Puts pieces of one length, and then the batches, in random order; without it both keep theirs, longest first. */
  readonly shuffle?: Generator;
}

/** All pieces in batches of pieces of about the same length. */
export function bucketedBatches(
  rolls: readonly PianoRoll[],
  keys: Keys,
  { batchSize, maxSteps, shuffle }: BucketOptions,
): Batch[] {
  const cut = whole(rolls).flatMap((excerpt) =>
    maxSteps === undefined ? [excerpt] : chop(excerpt, maxSteps),
  );
  const sorted = (shuffle ? shuffle.shuffle(cut) : cut).sort((a, b) => b.steps - a.steps); // a stable sort
  const batches: Batch[] = [];
  for (let i = 0; i < sorted.length; i += batchSize)
    batches.push(pack(sorted.slice(i, i + batchSize), keys));
  return shuffle ? shuffle.shuffle(batches) : batches;
}

function whole(rolls: readonly PianoRoll[]): Excerpt[] {
  return rolls
    .map((roll, source) => ({ roll, source, first: 0, steps: roll.length - 1 }))
    .filter((e) => e.steps > 0);
}

function chop({ roll, source, steps }: Excerpt, most: number): Excerpt[] {
  return Array.from({ length: Math.ceil(steps / most) }, (_, k) => ({
    roll,
    source,
    first: k * most,
    steps: Math.min(most, steps - k * most),
  }));
}

function pack(excerpts: readonly Excerpt[], keys: Keys): Batch {
  const order = [...excerpts].sort((a, b) => b.steps - a.steps);
  const time = order[0].steps;
  const stepOffsets = new Int32Array(time + 1);
  let running = order.length;
  for (let t = 0; t < time; t++) {
    while (order[running - 1].steps <= t) running--;
    stepOffsets[t + 1] = stepOffsets[t] + running;
  }
  return {
    size: order.length,
    time,
    lengths: Int32Array.from(order, (e) => e.steps),
    stepOffsets,
    sources: Int32Array.from(order, (e) => e.source),
    input: sparseRows(order, stepOffsets, keys, 0),
    target: sparseRows(order, stepOffsets, keys, 1),
  };
}

/** The notes of step t + shift of every running excerpt, as columns. */
function sparseRows(
  order: readonly Excerpt[],
  stepOffsets: Int32Array,
  { lowestNote, keys }: Keys,
  shift: number,
): Rows {
  const rows = stepOffsets[stepOffsets.length - 1];
  const offsets = new Int32Array(rows + 1);
  const columns: number[] = [];
  for (let t = 0; t + 1 < stepOffsets.length; t++)
    for (let r = stepOffsets[t]; r < stepOffsets[t + 1]; r++) {
      const { roll, first } = order[r - stepOffsets[t]];
      const step = first + t + shift;
      for (let k = roll.offsets[step]; k < roll.offsets[step + 1]; k++) {
        const key = roll.notes[k] - lowestNote;
        if (key < 0 || key >= keys)
          throw new GatedRnnError(
            "usage",
            `batch: expected notes from ${lowestNote} to ${lowestNote + keys - 1}, got ${roll.notes[k]} in ${roll.name ?? "a piece"}, step ${step}`,
          );
        columns.push(key);
      }
      offsets[r + 1] = columns.length;
    }
  return { kind: "sparse", width: keys, offsets, columns: Int32Array.from(columns) };
}
