import type { Generator } from "../random/generator.js";
import { notesAt, type PianoRoll, pianoRoll } from "./piano-roll.js";

/**
 * Where a synthetic chorale stands: the chord (0 … 6 for I … vii in C major) and the step within its phrase. Phrases have eight
 * chords of two steps; they begin on I and end on V, I. In between the bass decides: when the third of the chord sounds in the
 * bass on the chord's second step, the first of the chord's two successors follows, otherwise the second.
 *
 * Every piece begins in `firstState` and `nextState` reads the notes alone, so the state is always known from the past.
 */
export interface ChoraleState {
  readonly chord: number;
  readonly phraseStep: number;
}

export const phraseSteps = 16;
export const chords = 7;
export const firstState: ChoraleState = { chord: 0, phraseStep: 0 };

const scale = [0, 2, 4, 5, 7, 9, 11]; // pitch classes of C major
const lowestBass = 36;
const bassTop = 54; // bass 36–54, tenor 55–63, alto 64–71, soprano 72–83
const sopranoTop = 83;

/** The two chords that may follow each chord: with the third in the bass, and without. */
const successors = [
  [3, 5], // I: IV or vi
  [4, 6], // ii: V or vii
  [5, 3], // iii: vi or IV
  [4, 1], // IV: V or ii
  [0, 5], // V: I or vi
  [1, 3], // vi: ii or IV
  [0, 2], // vii: I or iii
] as const;

/** Probabilities that a key sounds, by what it is to the chord. Upper voices hold their notes; the bass ignores its past. */
const probability = {
  root: 0.95, // bass, first step of a chord
  rootAgain: 0.4, // bass, second step
  third: 0.55, // bass, second step: decides the next chord
  enter: 0.28, // upper voices: a note of the chord that did not sound
  hold: 0.66, // a note of the chord that did
  suspend: 0.08, // a note outside the chord that did
  pass: 0.012, // any other note of the scale
} as const;

/** MIDI notes that may sound at all: C major from the lowest bass to the highest soprano note. */
export const choraleNotes: readonly number[] = Array.from(
  { length: sopranoTop - lowestBass + 1 },
  (_, i) => lowestBass + i,
).filter((note) => scale.includes(note % 12));

const isBass = (note: number) => note <= bassTop;
const rootOf = (chord: number) => lowestBass + scale[chord];
const thirdOf = (chord: number) => lowestBass + scale[(chord + 2) % 7] + (chord + 2 >= 7 ? 12 : 0);

/** Probability that a note of `choraleNotes` sounds, independently of all others of its step, given the state and its own last step. */
export function soundProbability(
  { chord, phraseStep }: ChoraleState,
  note: number,
  soundedBefore: boolean,
): number {
  if (isBass(note)) {
    if (note === rootOf(chord))
      return phraseStep % 2 === 0 ? probability.root : probability.rootAgain;
    if (note === thirdOf(chord) && phraseStep % 2 === 1) return probability.third;
    return 0;
  }
  const inChord = [0, 2, 4].some((degree) => scale[(chord + degree) % 7] === note % 12);
  if (inChord) return soundedBefore ? probability.hold : probability.enter;
  return soundedBefore ? probability.suspend : probability.pass;
}

/** Probability that `nextState` takes the first successor. */
export function turnProbability({ chord, phraseStep }: ChoraleState): number {
  return soundProbability({ chord, phraseStep }, thirdOf(chord), false);
}

/** Whether the bass asks for the first successor in a step. */
export function turns({ chord }: ChoraleState, notes: ArrayLike<number>): boolean {
  return Array.prototype.includes.call(notes, thirdOf(chord));
}

/** The state of the next step, from this step's state and whether its bass turned. */
export function nextState({ chord, phraseStep }: ChoraleState, turned: boolean): ChoraleState {
  const next = (phraseStep + 1) % phraseSteps;
  if (next % 2 === 1) return { chord, phraseStep: next };
  if (next === 0 || next === phraseSteps - 2) return { chord: 0, phraseStep: next };
  if (next === phraseSteps - 4) return { chord: 4, phraseStep: next };
  return { chord: successors[chord][turned ? 0 : 1], phraseStep: next };
}

/** `soundProbability` of all notes in every state: [state, note, sounded before], a state being a chord and which of its steps. */
const soundProbabilities = Float64Array.from(
  Array.from({ length: chords * 2 }, (_, s) => ({ chord: s >> 1, phraseStep: s % 2 })).flatMap(
    (state) =>
      choraleNotes.flatMap((note) => [
        soundProbability(state, note, false),
        soundProbability(state, note, true),
      ]),
  ),
);

/** A piece of `length` steps. */
export function composeChorale(length: number, random: Generator, name: string): PianoRoll {
  const steps: number[][] = [];
  let state = firstState;
  const sounded = new Uint8Array(choraleNotes.length);
  for (let t = 0; t < length; t++) {
    const first = 2 * choraleNotes.length * (2 * state.chord + (state.phraseStep % 2));
    const now: number[] = [];
    for (let k = 0; k < sounded.length; k++) {
      sounded[k] = Number(random.uniform() < soundProbabilities[first + 2 * k + sounded[k]]);
      if (sounded[k] === 1) now.push(choraleNotes[k]);
    }
    steps.push(now);
    state = nextState(state, turns(state, now));
  }
  return pianoRoll(steps, name);
}

/** NLL in nats of the steps 2 … T of a piece under the composer's own probabilities: what the best possible model scores on it. */
export function composerNll(roll: PianoRoll): number {
  let nll = 0;
  let state = firstState;
  for (let t = 0; t < roll.length; t++) {
    const notes = notesAt(roll, t);
    if (t > 0)
      for (const note of choraleNotes) {
        const p = soundProbability(state, note, notesAt(roll, t - 1).includes(note));
        nll -= Math.log(notes.includes(note) ? p : 1 - p);
      }
    state = nextState(state, turns(state, notes));
  }
  return nll;
}
