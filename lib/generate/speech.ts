import { stream } from "../engines/index.js";
import { GatedRnnError } from "../errors.js";
import { sampleRow } from "../outputs/evaluate.js";
import { generator } from "../random/generator.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { checkMakes, checkTemperature, type SamplingOptions } from "./sampling.js";

export interface SpeechSamplingOptions extends SamplingOptions {
  /** Samples to make (default 8,000: a second of the stand-in sets). */
  readonly samples?: number;
  /** Normalised samples that the model hears first, at least its input's 20; not part of what comes out. Default: silence. */
  readonly primer?: Float32Array;
}

/**
 * New sound: at each step the model gives a mixture of Gaussians for the next samples, a component is drawn by its weight and the
 * samples from that component, and the input window moves on over them. With a temperature T weights are w^(1/T), normalised, and
 * variances T σ².
 *
 * @returns [samples] in the model's own normalised unit (mean 0, deviation 1 on the training set), held within ±16 deviations, so
 * that a model that runs away does so at a bounded loudness; see `soundOf` for full scale
 * @throws GatedRnnError `usage` for a model of music and options out of range
 */
export async function sampleSpeech(
  trained: Pick<TrainedModel, "model" | "parameters">,
  options: SpeechSamplingOptions = {},
): Promise<Float32Array> {
  const { samples = 8000, seed = 1 } = options;
  const { model } = trained;
  const { output } = model;
  checkMakes(output, "speech");
  const temperature = checkTemperature(options.temperature ?? 1);
  const { inputSize } = model;
  const advance = output.targetSize;
  const primer = options.primer ?? new Float32Array(inputSize);
  if (!Number.isInteger(samples) || samples < 1)
    throw new GatedRnnError("usage", `sampling: expected at least 1 sample, got ${samples}`);
  if (primer.length < inputSize)
    throw new GatedRnnError(
      "usage",
      `primer: expected at least ${inputSize} samples, got ${primer.length}`,
    );
  const random = generator(seed, "sample speech");
  const network = await stream(trained);
  const heard = new Float64Array(primer.length + samples + advance);
  heard.set(primer);
  let at = (primer.length - inputSize) % advance; // windows end where the primer does
  let end = primer.length;
  while (end < primer.length + samples) {
    const readout = network.step(heard.subarray(at, at + inputSize));
    at += advance;
    if (at + inputSize <= primer.length) continue;
    const drawn = sampleRow(output, readout, random, temperature, { weights: trained.parameters });
    heard.set(
      drawn.map((v) => Math.min(loudest, Math.max(-loudest, v))).subarray(0, heard.length - end),
      end,
    );
    end += advance;
  }
  network.close();
  return Float32Array.from(heard.subarray(primer.length, primer.length + samples));
}

/** In deviations: where the peaks of the stand-in sets lie, and full scale. */
const loudest = 16;

/** Normalised samples as sound in −1 … 1, by the mean and deviation of the set that the model was trained on; peaks are clipped. */
export function soundOf(
  samples: Float32Array,
  { mean, standardDeviation }: { readonly mean: number; readonly standardDeviation: number },
): Float32Array {
  return samples.map((v) => Math.min(1, Math.max(-1, mean + standardDeviation * v)));
}
