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

/** A piano-roll from one list of MIDI note numbers per step; the lists are sorted and repetitions dropped. */
export function pianoRoll(steps: readonly (readonly number[])[], name?: string): PianoRoll {
  const offsets = new Uint32Array(steps.length + 1);
  const notes: number[] = [];
  steps.forEach((step, t) => {
    notes.push(...[...new Set(step)].sort((a, b) => a - b));
    offsets[t + 1] = notes.length;
  });
  const roll = { length: steps.length, offsets, notes: Uint8Array.from(notes) };
  return name === undefined ? roll : { ...roll, name };
}

/** The notes that sound in step t, MIDI note numbers in rising order (a view, not a copy). */
export function notesAt(roll: PianoRoll, t: number): Uint8Array {
  return roll.notes.subarray(roll.offsets[t], roll.offsets[t + 1]);
}
