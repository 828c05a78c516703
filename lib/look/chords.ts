import { notesAt, type PianoRoll } from "../data/piano-roll.js";

/** Shares of some things by their names; they add up to 1 where there is anything. */
export type Shares = ReadonlyMap<string, number>;

/** What chords some pieces are made of. */
export interface ChordStatistics {
  /** Steps that were counted. */
  readonly steps: number;
  /** Notes of a step: "0", "1", … */
  readonly voices: Shares;
  /** Semitones between neighbouring notes of a chord, over all neighbours. */
  readonly intervals: Shares;
  /** Chords by their notes' semitones above the lowest, within an octave: "0 4 7" is a major triad in root position. */
  readonly chords: Shares;
}

/** Counts voices, intervals and chords in every step of some pieces: to hold what a model makes beside what it has heard. */
export function chordStatistics(rolls: readonly PianoRoll[]): ChordStatistics {
  const [voices, intervals, chords] = [1, 2, 3].map(() => new Map<string, number>());
  const count = (counts: Map<string, number>, name: string | number) =>
    counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
  let steps = 0;
  for (const roll of rolls)
    for (let t = 0; t < roll.length; t++) {
      const notes = [...notesAt(roll, t)];
      steps += 1;
      count(voices, notes.length);
      if (notes.length === 0) continue;
      for (let k = 1; k < notes.length; k++) count(intervals, notes[k] - notes[k - 1]);
      const above = new Set(notes.map((note) => (note - notes[0]) % 12));
      count(chords, [...above].sort((a, b) => a - b).join(" "));
    }
  return {
    steps,
    voices: sharesOf(voices),
    intervals: sharesOf(intervals),
    chords: sharesOf(chords),
  };
}

/** How far apart two lists of shares are: 0 for the same, 1 for nothing in common (total variation). */
export function distance(one: Shares, other: Shares): number {
  const names = new Set([...one.keys(), ...other.keys()]);
  let sum = 0;
  for (const name of names) sum += Math.abs((one.get(name) ?? 0) - (other.get(name) ?? 0));
  return sum / 2;
}

/** The largest share first. */
function sharesOf(counts: ReadonlyMap<string, number>): Shares {
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Map(sorted.map(([name, number]) => [name, number / total]));
}
