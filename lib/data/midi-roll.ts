import { GatedRnnError } from "../errors.js";
import { findKey, shiftToC } from "./key-finder.js";
import type { MidiFile } from "./midi.js";
import type { PianoRoll } from "./piano-roll.js";
import { RollBudget } from "./roll-budget.js";
import { tickSeconds } from "./tempo-map.js";
import { wholeNumber } from "./whole-number.js";

/** How the notes of a MIDI file become steps of a piano-roll. */
export interface MidiRollOptions {
  /** Time steps per quarter note (default 2: eighth notes), whatever the tempo. */
  readonly stepsPerQuarter?: number;
  /** Instead of `stepsPerQuarter`: the length of a step in seconds, by the file's tempos. */
  readonly stepSeconds?: number;
  /** Semitones added to every note; "auto" brings the key that is found to C; 0 (default) leaves the piece as it is. */
  readonly transpose?: number | "auto";
  /** Tracks to take, from 0; all by default. */
  readonly tracks?: readonly number[];
  /** Channels to take, from 0; all by default, save the drums'. */
  readonly channels?: readonly number[];
  /** Take the notes of the drums' channel too (default false, unless `channels` names it). */
  readonly drums?: boolean;
  /** Lowest and highest note kept after transposing (default 21 to 108, the piano's). */
  readonly lowestNote?: number;
  /** See `lowestNote`. */
  readonly highestNote?: number;
  /** Leave out the first step (default false). */
  readonly dropFirstStep?: boolean;
}

/** How the published piano-rolls of Nottingham and Piano-midi.de were made of their MIDI files. */
export const publishedRule = {
  stepsPerQuarter: 2,
  transpose: "auto",
  drums: true,
  dropFirstStep: true,
} as const satisfies MidiRollOptions;

/** The channel of percussion, from 0. */
export const DRUMS = 9;

/**
 * Piano-rolls of a MIDI file: one for formats 0 and 1, one per track for format 2, whose tracks are pieces of their own.
 *
 * With a step of s ticks, a note sounds in the steps i with round(on / s) ≤ i < round(off / s), halves rounded up; notes that
 * come out empty vanish; the roll has round(latest off / s) steps. With `publishedRule` this gives each of the 1,037 published
 * rolls of Nottingham bit for bit, when `transpose` is given as published.
 *
 * @param name what the rolls are called
 * @throws GatedRnnError `usage` for options that make no sense, or steps per quarter note in a file with time code;
 *   BadFileError when the roll would be out of all proportion to the file
 */
export function pianoRollsFromMidi(
  midi: MidiFile,
  name: string,
  options: MidiRollOptions = {},
): PianoRoll[] {
  const chosen = chooseNotes(midi, options);
  if (midi.header.format !== 2) return [roll(midi, chosen, name, 0, options)];
  const tracks = midi.tracks
    .map((_, track) => track)
    .filter((track) => options.tracks?.includes(track) ?? true);
  return tracks.map((track) => {
    const own = chosen.filter((i) => midi.notes.track[i] === track);
    return roll(midi, own, `${name} track ${track}`, track, options);
  });
}

function chooseNotes(
  { notes, tracks: names }: MidiFile,
  { tracks, channels, drums = false }: MidiRollOptions,
): Uint32Array {
  const outside = tracks?.find((t) => !(Number.isInteger(t) && t in names));
  if (outside !== undefined)
    throw new GatedRnnError(
      "usage",
      `piano-roll: expected tracks from 0 to ${names.length - 1}, got ${outside}`,
    );
  const takes = (i: number) =>
    (tracks?.includes(notes.track[i]) ?? true) &&
    (channels ? channels.includes(notes.channel[i]) : drums || notes.channel[i] !== DRUMS);
  const chosen = new Uint32Array(notes.count);
  let count = 0;
  for (let i = 0; i < notes.count; i++) if (takes(i)) chosen[count++] = i;
  return chosen.subarray(0, count);
}

function roll(
  midi: MidiFile,
  chosen: Uint32Array,
  name: string,
  track: number,
  options: MidiRollOptions,
): PianoRoll {
  const { lowestNote = 21, highestNote = 108, dropFirstStep = false, transpose = 0 } = options;
  wholeNumber("piano-roll", "the lowest note", lowestNote, 0, 127);
  wholeNumber("piano-roll", "the highest note", highestNote, lowestNote, 127);
  if (transpose !== "auto") wholeNumber("piano-roll", "semitones", transpose, -127, 127);
  const { pitch, on, off } = midi.notes;
  const stepAt = grid(midi, track, options);
  const shift = transpose === "auto" ? findShift(midi, chosen) : transpose;
  let steps = 0;
  for (const i of chosen) steps = Math.max(steps, stepAt(off[i]));
  const skip = dropFirstStep ? 1 : 0;
  const length = Math.max(0, steps - skip);
  const budget = new RollBudget(name, 8 * midi.notes.count);
  budget.spend(length, 0);
  const kept = chosen.filter(
    (i) => pitch[i] + shift >= lowestNote && pitch[i] + shift <= highestNote,
  );
  const begins = Uint32Array.from(kept, (i) => Math.max(0, stepAt(on[i]) - skip));
  const ends = Uint32Array.from(kept, (i) => Math.max(0, stepAt(off[i]) - skip));
  let cells = 0;
  for (let k = 0; k < kept.length; k++) cells += ends[k] - begins[k];
  budget.spend(0, cells);
  return rollOfSpans(
    length,
    Uint8Array.from(kept, (i) => pitch[i] + shift),
    begins,
    ends,
    name,
  );
}

/** The roll in which note k sounds from step `begins[k]` up to, but not including, step `ends[k]`; notes may overlap. */
function rollOfSpans(
  length: number,
  pitch: Uint8Array,
  begins: Uint32Array,
  ends: Uint32Array,
  name: string,
): PianoRoll {
  const byPitch = Uint32Array.from(pitch.keys()).sort(
    (a, b) => pitch[a] - pitch[b] || begins[a] - begins[b],
  );
  const spans = (visit: (step: number, note: number) => void) => {
    let last = -1;
    let free = 0; // first step in which this pitch does not sound yet
    for (const k of byPitch) {
      if (pitch[k] !== last) free = 0;
      last = pitch[k];
      for (let step = Math.max(free, begins[k]); step < ends[k]; step++) visit(step, last);
      free = Math.max(free, ends[k]);
    }
  };
  const offsets = new Uint32Array(length + 1);
  spans((step) => offsets[step + 1]++);
  for (let t = 0; t < length; t++) offsets[t + 1] += offsets[t];
  const next = offsets.slice(0, length);
  const notes = new Uint8Array(offsets[length]);
  spans((step, note) => {
    notes[next[step]++] = note;
  });
  return { length, offsets, notes, name };
}

/** From ticks to the nearest step, halves up. */
function grid(
  midi: MidiFile,
  track: number,
  { stepsPerQuarter = 2, stepSeconds }: MidiRollOptions,
): (tick: number) => number {
  const positive = (name: string, value: number) => {
    if (!(value > 0 && Number.isFinite(value)))
      throw new GatedRnnError("usage", `piano-roll: expected ${name} above 0, got ${value}`);
  };
  if (stepSeconds !== undefined) {
    positive("stepSeconds", stepSeconds);
    const seconds = tickSeconds(midi, track);
    return (tick) => Math.floor(seconds(tick) / stepSeconds + 0.5);
  }
  positive("stepsPerQuarter", stepsPerQuarter);
  const { time } = midi.header;
  if (!("ticksPerQuarter" in time))
    throw new GatedRnnError(
      "usage",
      "piano-roll: expected stepSeconds for a file with time code, got steps per quarter note",
    );
  const step = time.ticksPerQuarter / stepsPerQuarter;
  return (tick) => Math.floor(tick / step + 0.5);
}

function findShift({ notes }: MidiFile, chosen: Uint32Array): number {
  const durations = new Float64Array(12);
  for (const i of chosen)
    if (notes.channel[i] !== DRUMS) durations[notes.pitch[i] % 12] += notes.off[i] - notes.on[i];
  return shiftToC(findKey(durations));
}
