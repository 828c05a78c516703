import { GatedRnnError } from "../errors.js";
import type { Generator as RandomGenerator } from "../random/generator.js";
import type { Batch } from "./batch.js";
import { packing } from "./buckets.js";
import type { Waveform } from "./dataset.js";
import { checkShuffle, shown, wholeNumber } from "./whole-number.js";

/** What a network sees and predicts at each step of a waveform. */
export interface Windows {
  /** Consecutive samples that it sees (default 20). */
  readonly inputSamples?: number;
  /** Samples right after them that it predicts (default 10). */
  readonly targetSamples?: number;
  /** Samples from one step to the next (default 10; the paper leaves it unsaid). */
  readonly advance?: number;
}

/** Steps of a waveform of some samples: 48 for 500, 798 for 8,000. */
export function windowSteps(
  samples: number,
  { inputSamples = 20, targetSamples = 10, advance = 10 }: Windows = {},
): number {
  for (const [name, value] of Object.entries({ inputSamples, targetSamples, advance }))
    if (!Number.isInteger(value) || value < 1)
      throw new GatedRnnError("usage", `windows: expected ${name} of at least 1, got ${value}`);
  wholeNumber("windows", "samples", samples, 0);
  return Math.max(0, Math.floor((samples - inputSamples - targetSamples) / advance) + 1);
}

/**
 * One batch of waveforms: at step t a network sees the samples from t × advance on and predicts those that follow. Waveforms too short for one step
 * are left out; `sources` are positions in the list that is given.
 *
 * @throws GatedRnnError `usage` when none is long enough, or one does not give the samples that it says
 */
export function speechBatchOf(waveforms: readonly Waveform[], windows: Windows = {}): Batch {
  const order = bySteps(waveforms, windows);
  if (order.length === 0)
    throw new GatedRnnError(
      "usage",
      "speech batch: expected a waveform long enough for a step, got none",
    );
  return pack(waveforms, order, windows);
}

/**
 * All waveforms in batches of about the same length, read as the batches are asked for; `shuffle` puts them in random order.
 *
 * @throws GatedRnnError `usage` for a batch size that is no whole number from 1 up; as a batch is asked for, for a waveform that
 *   does not give what it says
 */
export function speechBatches(
  waveforms: readonly Waveform[],
  {
    batchSize,
    shuffle,
    ...windows
  }: Windows & { readonly batchSize: number; readonly shuffle?: RandomGenerator },
): Generator<Batch> {
  wholeNumber("speech batches", "a batch size", batchSize, 1);
  checkShuffle("speech batches", shuffle);
  const sources = bySteps(waveforms, windows, shuffle);
  const starts = Array.from(
    { length: Math.ceil(sources.length / batchSize) },
    (_, i) => i * batchSize,
  );
  const order = shuffle ? shuffle.shuffle(starts) : starts;
  return packed(waveforms, order, (start) => sources.slice(start, start + batchSize), windows);
}

function* packed(
  waveforms: readonly Waveform[],
  starts: readonly number[],
  from: (start: number) => readonly number[],
  windows: Windows,
): Generator<Batch> {
  for (const start of starts) yield pack(waveforms, from(start), windows);
}

/** What a waveform gives. @throws GatedRnnError `usage` when that is not as many finite samples as it says */
function samplesOf({ name, length, read }: Waveform): Float32Array {
  const samples = read();
  if (!(samples instanceof Float32Array) || samples.length !== length)
    throw new GatedRnnError(
      "usage",
      `waveform ${name}: expected ${length} samples, got ${samples instanceof Float32Array ? samples.length : shown(samples)}`,
    );
  const wrong = samples.findIndex((x) => !Number.isFinite(x));
  if (wrong < 0) return samples;
  throw new GatedRnnError(
    "usage",
    `waveform ${name}: expected finite samples, got ${samples[wrong]} at sample ${wrong}`,
  );
}

/** Positions of the waveforms that have a step, longest first. */
function bySteps(
  waveforms: readonly Waveform[],
  windows: Windows,
  shuffle?: RandomGenerator,
): number[] {
  const long = [...waveforms.keys()].filter((i) => windowSteps(waveforms[i].length, windows) > 0);
  return (shuffle ? shuffle.shuffle(long) : long).sort(
    (a, b) => waveforms[b].length - waveforms[a].length,
  ); // a stable sort
}

function pack(waveforms: readonly Waveform[], order: readonly number[], windows: Windows): Batch {
  const { inputSamples = 20, targetSamples = 10, advance = 10 } = windows;
  const { order: excerpts, ...packed } = packing(
    order.map((source) => ({
      source,
      first: 0,
      steps: windowSteps(waveforms[source].length, windows),
    })),
  );
  const { stepOffsets, time, lengths } = packed;
  const rows = stepOffsets[time];
  const input = new Float32Array(rows * inputSamples);
  const target = new Float32Array(rows * targetSamples);
  excerpts.forEach(({ source }, b) => {
    const samples = samplesOf(waveforms[source]);
    for (let t = 0; t < lengths[b]; t++) {
      const row = stepOffsets[t] + b;
      const first = t * advance;
      input.set(samples.subarray(first, first + inputSamples), row * inputSamples);
      target.set(
        samples.subarray(first + inputSamples, first + inputSamples + targetSamples),
        row * targetSamples,
      );
    }
  });
  return {
    ...packed,
    input: { kind: "dense", width: inputSamples, values: input },
    target: { kind: "dense", width: targetSamples, values: target },
  };
}
