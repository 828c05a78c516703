import { GatedRnnError } from "../errors.js";
import type { Generator } from "../random/generator.js";
import type { Keys } from "./batches.js";
import type { PianoRoll } from "./piano-roll.js";

/** Further than this, up and down together, every key has been met. */
export const mostSemitones = 11;

/**
 * A piece in another key: every note so many semitones higher.
 *
 * @param semitones a whole number; below 0 lower
 * @throws GatedRnnError `usage` where a note would leave MIDI's 0 … 127, and for what is no whole number
 */
export function transposed(roll: PianoRoll, semitones: number): PianoRoll {
  if (!Number.isInteger(semitones))
    throw new GatedRnnError(
      "usage",
      `transpose: expected a whole number of semitones, got ${String(semitones)}`,
    );
  if (semitones === 0) return roll;
  const outside = roll.notes.find((note) => note + semitones < 0 || note + semitones > 127);
  if (outside !== undefined)
    throw new GatedRnnError(
      "usage",
      `transpose: expected notes within 0 … 127, got ${outside + semitones} in ${roll.name ?? "a piece"}; shift it less`,
    );
  return { ...roll, notes: roll.notes.map((note) => note + semitones) };
}

/** The shifts from −semitones to semitones with which all notes of a piece stay within the keys; 0 is one of them. */
export function possibleShifts(
  { notes }: PianoRoll,
  { lowestNote, keys }: Keys,
  semitones: number,
): { readonly lowest: number; readonly highest: number } {
  let [low, high] = [127, 0];
  for (const note of notes) {
    low = Math.min(low, note);
    high = Math.max(high, note);
  }
  if (notes.length === 0) return { lowest: 0, highest: 0 };
  return {
    lowest: Math.min(0, Math.max(-semitones, lowestNote - low)),
    highest: Math.max(0, Math.min(semitones, lowestNote + keys - 1 - high)),
  };
}

/** Every piece shifted by a number of semitones of its own, drawn evenly from those up to `semitones` either way that it has room for. */
export function randomlyTransposed(
  rolls: readonly PianoRoll[],
  keys: Keys,
  semitones: number,
  random: Generator,
): PianoRoll[] {
  return rolls.map((roll) => {
    const { lowest, highest } = possibleShifts(roll, keys, semitones);
    return transposed(roll, lowest + random.integer(highest - lowest + 1));
  });
}
