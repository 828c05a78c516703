import { GatedRnnError } from "../errors.js";
import type { Batch, Rows } from "./batch.js";
import { type BucketOptions, buckets, type Excerpt, packing, whole } from "./buckets.js";
import type { PianoRoll } from "./piano-roll.js";

/** Which notes are the columns of a batch: key k is MIDI note `lowestNote` + k. */
export interface Keys {
  readonly lowestNote: number;
  readonly keys: number;
}

/**
 * One batch of whole pieces: a piece of T steps gives the inputs 1 … T − 1 and the targets 2 … T. Pieces of fewer than two
 * steps have nothing to predict and are left out.
 *
 * @throws GatedRnnError `usage` when no piece is left, or a note lies outside the keys
 */
export function batchOf(rolls: readonly PianoRoll[], keys: Keys): Batch {
  const excerpts = whole(rolls.map(predicted));
  if (excerpts.length === 0)
    throw new GatedRnnError(
      "usage",
      `batch: expected a piece of at least two steps, got none among ${rolls.length}`,
    );
  return pack(rolls, excerpts, keys);
}

/** All pieces in batches of pieces of about the same length. */
export function bucketedBatches(
  rolls: readonly PianoRoll[],
  keys: Keys,
  options: BucketOptions,
): Batch[] {
  return buckets(rolls.map(predicted), options).map((excerpts) => pack(rolls, excerpts, keys));
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
  const columns: number[] = [];
  for (let t = 0; t + 1 < stepOffsets.length; t++)
    for (let r = stepOffsets[t]; r < stepOffsets[t + 1]; r++) {
      const { source, first } = order[r - stepOffsets[t]];
      const roll = rolls[source];
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
