import { GatedRnnError } from "../errors.js";
import { shown } from "./whole-number.js";

/**
 * A piece of music as the notes that sound in each time step, in compressed rows: the notes of step t are
 * `notes[offsets[t]] … notes[offsets[t + 1] − 1]`, MIDI note numbers in rising order without repetition.
 */
export interface PianoRoll {
  /** Number of time steps. */
  readonly length: number;
  /** [length + 1] */
  readonly offsets: Uint32Array;
  /** [total notes] MIDI note numbers 0 … 127. */
  readonly notes: Uint8Array;
  /** Where the piece comes from: a file name, or the set, split and index. */
  readonly name?: string;
}

/**
 * A piano-roll from one list of MIDI note numbers per step; the lists are sorted and repetitions dropped.
 *
 * @throws GatedRnnError `usage` for what is no list of lists of whole numbers from 0 to 127
 */
export function pianoRoll(steps: readonly (readonly number[])[], name?: string): PianoRoll {
  const bad = (expected: string, got: unknown) =>
    new GatedRnnError("usage", `piano-roll: expected ${expected}, got ${shown(got)}`);
  if (!Array.isArray(steps)) throw bad("a list of steps", steps);
  const offsets = new Uint32Array(steps.length + 1);
  const notes: number[] = [];
  for (let t = 0; t < steps.length; t++) {
    const step: readonly number[] = steps[t];
    if (!Array.isArray(step) && !ArrayBuffer.isView(step))
      throw bad(`a list of notes in step ${t}`, step);
    for (const note of step)
      if (!Number.isInteger(note) || note < 0 || note > 127)
        throw bad(`MIDI note numbers 0 to 127 in step ${t}`, note);
    const isRising = step.every((note, k) => k === 0 || step[k - 1] < note);
    notes.push(...(isRising ? step : [...new Set(step)].sort((a, b) => a - b)));
    offsets[t + 1] = notes.length;
  }
  const roll = { length: steps.length, offsets, notes: Uint8Array.from(notes) };
  return name === undefined ? roll : { ...roll, name };
}

/** The notes that sound in step t, MIDI note numbers in rising order (a view, not a copy). */
export function notesAt(roll: PianoRoll, t: number): Uint8Array {
  return roll.notes.subarray(roll.offsets[t], roll.offsets[t + 1]);
}

/**
 * The first steps of a piece, or all of it where it is no longer.
 *
 * @throws GatedRnnError `usage` for a number of steps that is not whole, or below 1
 */
export function beginningOf(roll: PianoRoll, steps: number): PianoRoll {
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new GatedRnnError(
      "usage",
      `beginning: expected a whole number of steps from 1, got ${steps}`,
    );
  const length = Math.min(steps, roll.length);
  const offsets = roll.offsets.slice(0, length + 1);
  return { ...roll, length, offsets, notes: roll.notes.slice(0, offsets[length]) };
}

/** A piece's upper voice: the highest note of every step, and a rest where there is none. */
export function highestNotes(roll: PianoRoll): PianoRoll {
  const steps = Array.from({ length: roll.length }, (_, t) => [...notesAt(roll, t).slice(-1)]);
  return pianoRoll(steps, `the upper voice of ${roll.name ?? "a piece"}`);
}
