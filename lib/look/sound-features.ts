import { GatedRnnError } from "../errors.js";

/** What can be told of a sound without listening. */
export interface SoundFeatures {
  /** Share of its moments that are pauses: over 30 dB below the loudest. */
  readonly pauseShare: number;
  /** Share of the others that have a pitch: that repeat themselves, as a voice does. */
  readonly voicedShare: number;
  /** Median pitch of those, in Hz; NaN where there are none. */
  readonly pitchHz: number;
}

/** A moment: long enough for two periods of a low voice. */
const frameSeconds = 0.032;
const pauseBelow = 10 ** (-30 / 10);
/** Pitch of speaking voices, in Hz. */
const [lowest, highest] = [70, 400];
/** Autocorrelation, of 1, from which on a frame counts as voiced. */
const voiced = 0.5;

/**
 * Pauses and pitch of a sound, by frames of 32 ms and the highest peak of their normalised
 * autocorrelation between 70 and 400 Hz.
 *
 * @throws GatedRnnError `usage` for less than one frame
 */
export function soundFeatures(samples: Float32Array, sampleRateHz: number): SoundFeatures {
  const length = Math.round(frameSeconds * sampleRateHz);
  const frames = Array.from({ length: Math.floor(samples.length / length) }, (_, k) =>
    samples.subarray(k * length, (k + 1) * length),
  );
  if (frames.length === 0)
    throw new GatedRnnError(
      "usage",
      `sound features: expected at least ${length} samples, got ${samples.length}`,
    );
  const powers = frames.map((frame) => frame.reduce((sum, v) => sum + v * v, 0));
  const loudest = powers.reduce((a, b) => Math.max(a, b));
  const loud = frames.filter((_, k) => powers[k] > 0 && powers[k] >= pauseBelow * loudest);
  const pitches = loud.flatMap((frame) => pitchOf(frame, sampleRateHz) ?? []).sort((a, b) => a - b);
  return {
    pauseShare: 1 - loud.length / frames.length,
    voicedShare: loud.length === 0 ? 0 : pitches.length / loud.length,
    pitchHz: pitches.length === 0 ? Number.NaN : pitches[Math.floor(pitches.length / 2)],
  };
}

/** The shortest lag at which a frame repeats itself about as well as at any. */
function pitchOf(frame: Float32Array, sampleRateHz: number): number | undefined {
  const shortest = Math.ceil(sampleRateHz / highest);
  const longest = Math.min(frame.length - 2, Math.floor(sampleRateHz / lowest));
  const likeness: number[] = [];
  for (let lag = shortest; lag <= longest; lag++) likeness.push(likenessAt(frame, lag));
  const best = likeness.reduce((a, b) => Math.max(a, b), 0);
  if (best < voiced) return undefined;
  const isPeak = (k: number) =>
    likeness[k] >= (likeness[k - 1] ?? 0) && likeness[k] >= (likeness[k + 1] ?? 0);
  const k = likeness.findIndex((l, at) => l > best - 0.05 && isPeak(at)); // multiples do as well
  return sampleRateHz / (shortest + k);
}

function likenessAt(frame: Float32Array, lag: number): number {
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i + lag < frame.length; i++) {
    both += frame[i] * frame[i + lag];
    first += frame[i] ** 2;
    second += frame[i + lag] ** 2;
  }
  return both / Math.sqrt(first * second);
}
