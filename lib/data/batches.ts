import { GatedRnnError } from "../errors.js";
import type { Batch, Rows } from "./batch.js";
import { type BucketOptions, buckets, type Excerpt, packing, whole } from "./buckets.js";
import type { PianoRoll } from "./piano-roll.js";
import { checkRoll } from "./roll-check.js";
import { wholeNumber } from "./whole-number.js";

/** Which notes are the columns of a batch: key k is MIDI note `lowestNote` + k. */
export interface Keys {
  /** MIDI note number of key 0. */
  readonly lowestNote: number;
  /** Number of keys: width of a row. */
  readonly keys: number;
}

/**
 * One batch of whole pieces: a piece of T steps gives the inputs 1 … T − 1 and the targets 2 … T. Pieces of fewer than two
 * steps have nothing to predict and are left out.
 *
 * @throws GatedRnnError `usage` when no piece is left, a note lies outside the keys, or a roll is none (see `checkRoll`)
 */
export function batchOf(rolls: readonly PianoRoll[], keys: Keys): Batch {
  check(rolls, keys);
  const excerpts = whole(rolls.map(predicted));
  if (excerpts.length === 0)
    throw new GatedRnnError(
      "usage",
      `batch: expected a piece of at least two steps, got none among ${rolls.length}`,
    );
  return pack(rolls, excerpts, keys);
}

/**
 * All pieces in batches of pieces of about the same length.
 *
 * @throws GatedRnnError `usage` for options that are no whole numbers from 1 up, a note outside the keys, or a roll that is none
 */
export function bucketedBatches(
  rolls: readonly PianoRoll[],
  keys: Keys,
  options: BucketOptions,
): Batch[] {
  check(rolls, keys);
  return buckets(rolls.map(predicted), options).map((excerpts) => pack(rolls, excerpts, keys));
}

function check(rolls: readonly PianoRoll[], { lowestNote, keys }: Keys): void {
  wholeNumber("batch", "the lowest note", lowestNote, 0, 127);
  wholeNumber("batch", "keys", keys, 1);
  for (const roll of rolls) checkRoll(roll);
}

/** A piece of T steps has T − 1 to predict. */
const predicted = (roll: PianoRoll) => roll.length - 1;

function pack(rolls: readonly PianoRoll[], excerpts: readonly Excerpt[], keys: Keys): Batch {
  const { order, ...packed } = packing(excerpts);
  return {
    ...packed,
    input: sparseRows(rolls, order, packed.stepOffsets, keys, 0),
    target: sparseRows(rolls, order, packed.stepOffsets, keys, 1),
  };
}

/** The notes of step t + shift of every running excerpt, as columns. */
function sparseRows(
  rolls: readonly PianoRoll[],
  order: readonly Excerpt[],
  stepOffsets: Int32Array,
  { lowestNote, keys }: Keys,
  shift: number,
): Rows {
  const rows = stepOffsets[stepOffsets.length - 1];
  const offsets = new Int32Array(rows + 1);
  const columns = new Int32Array(notesOf(rolls, order, shift));
  for (let t = 0, end = 0; t + 1 < stepOffsets.length; t++)
    for (let r = stepOffsets[t]; r < stepOffsets[t + 1]; r++) {
      const { source, first } = order[r - stepOffsets[t]];
      const { notes, offsets: begins, name } = rolls[source];
      const step = first + t + shift;
      for (let k = begins[step]; k < begins[step + 1]; k++) {
        const key = notes[k] - lowestNote;
        if (key < 0 || key >= keys)
          throw new GatedRnnError(
            "usage",
            `batch: expected notes from ${lowestNote} to ${lowestNote + keys - 1}, got ${notes[k]} in ${name ?? "a piece"}, step ${step}`,
          );
        columns[end++] = key;
      }
      offsets[r + 1] = end;
    }
  return { kind: "sparse", width: keys, offsets, columns };
}

/** How many notes those steps have together. */
function notesOf(rolls: readonly PianoRoll[], order: readonly Excerpt[], shift: number): number {
  let notes = 0;
  for (const { source, first, steps } of order) {
    const { offsets } = rolls[source];
    notes += offsets[first + steps + shift] - offsets[first + shift];
  }
  return notes;
}
