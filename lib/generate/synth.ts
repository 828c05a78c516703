import { notesAt, type PianoRoll } from "../data/piano-roll.js";
import { GatedRnnError } from "../errors.js";

/** How a piano-roll is played. */
export interface SynthOptions {
  /** Time steps in a quarter note (default 2: a step is an eighth note; the JSB Chorales have 1). */
  readonly stepsPerQuarter?: number;
  /** Quarter notes a minute (default 100). */
  readonly beatsPerMinute?: number;
  /** Default 22,050 Hz. */
  readonly sampleRateHz?: number;
}

/** Loudness of a note's partials, the n-th at n times its frequency: a soft organ. */
const partials = [1, 0.5, 0.28, 0.14, 0.09, 0.05] as const;
const attackSeconds = 0.015;
const releaseSeconds = 0.12;
/** A held note fades to a third in this time. */
const fadeSeconds = 2.5;
const peak = 0.8;

/**
 * A piano-roll as sound: every note a sum of sine waves in equal temperament (A4 = 440 Hz), held as long as its key sounds.
 * Partials above half the sample rate are left out. The loudest sample is at 0.8 of full scale.
 *
 * @returns [samples] in −1 … 1, one channel
 * @throws GatedRnnError `usage` for options that make no sense
 */
export function soundOfMusic(roll: PianoRoll, options: SynthOptions = {}): Float32Array {
  const { stepsPerQuarter = 2, beatsPerMinute = 100, sampleRateHz = 22_050 } = options;
  for (const [what, value, least] of [
    ["steps per quarter note", stepsPerQuarter, 1 / 240],
    ["beats a minute", beatsPerMinute, 4],
    ["a sample rate in Hz", sampleRateHz, 4000],
  ] as const)
    if (!(Number.isFinite(value) && value >= least))
      throw new GatedRnnError("usage", `sound: expected ${what} from ${least} on, got ${value}`);
  const stepSamples = (60 / beatsPerMinute / stepsPerQuarter) * sampleRateHz;
  const sound = new Float32Array(
    Math.ceil(roll.length * stepSamples + releaseSeconds * sampleRateHz),
  );
  for (const { note, from, to } of heldNotes(roll))
    add(sound, note, Math.round(from * stepSamples), Math.round(to * stepSamples), sampleRateHz);
  const loudest = sound.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
  return loudest === 0 ? sound : sound.map((v) => (v * peak) / loudest);
}

/** Notes by the steps that they sound in, from the first to before the last; a note in consecutive steps is held. */
function* heldNotes(roll: PianoRoll): Generator<{ note: number; from: number; to: number }> {
  const begun = new Map<number, number>();
  for (let t = 0; t <= roll.length; t++) {
    const now = new Set(t < roll.length ? notesAt(roll, t) : []);
    for (const [note, from] of begun)
      if (!now.has(note)) {
        yield { note, from, to: t };
        begun.delete(note);
      }
    for (const note of now) if (!begun.has(note)) begun.set(note, t);
  }
}

/** Adds a note that is pressed at sample `from` and let go at sample `to`. */
function add(
  sound: Float32Array,
  note: number,
  from: number,
  to: number,
  sampleRateHz: number,
): void {
  const frequency = 440 * 2 ** ((note - 69) / 12);
  const heard = partials.filter((_, n) => frequency * (n + 1) < sampleRateHz / 2);
  const release = releaseSeconds * sampleRateHz;
  const end = Math.min(sound.length, to + Math.round(release));
  for (let i = from; i < end; i++) {
    const seconds = (i - from) / sampleRateHz;
    const envelope =
      Math.min(1, seconds / attackSeconds) *
      Math.exp(-seconds / fadeSeconds) *
      Math.min(1, (end - i) / release);
    const phase = 2 * Math.PI * frequency * seconds;
    let wave = 0;
    for (let n = 0; n < heard.length; n++) wave += heard[n] * Math.sin(phase * (n + 1));
    sound[i] += envelope * wave;
  }
}
