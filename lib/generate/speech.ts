import { softplus } from "../compile/special-functions.js";
import { GatedRnnError } from "../errors.js";
import { deviationFloor, type GaussianMixtureOutput } from "../outputs/output.js";
import { type Generator, generator } from "../random/generator.js";
import type { TrainedModel } from "../train/weights.js";
import { checkTemperature, outputOf, type SamplingOptions } from "./sampling.js";
import { stepper } from "./stepper.js";

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
export function sampleSpeech(
  trained: Pick<TrainedModel, "model" | "parameters">,
  options: SpeechSamplingOptions = {},
): Float32Array {
  const { samples = 8000, seed = 1 } = options;
  const { model, parameters } = trained;
  const output = outputOf(model.output, "gaussian-mixture");
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
  const network = stepper(model, parameters);
  const heard = new Float64Array(primer.length + samples + advance);
  heard.set(primer);
  let at = (primer.length - inputSize) % advance; // windows end where the primer does
  let end = primer.length;
  while (end < primer.length + samples) {
    const readout = network.step(heard.subarray(at, at + inputSize));
    at += advance;
    if (at + inputSize <= primer.length) continue;
    draw(output, readout, temperature, random, heard.subarray(end, end + advance));
    end += advance;
  }
  return Float32Array.from(heard.subarray(primer.length, primer.length + samples));
}

/** In deviations: where the peaks of the stand-in sets lie, and full scale. */
const loudest = 16;

/** Samples drawn from the mixture that a readout stands for (see `gaussianMixture`), into `to`. */
function draw(
  { components, targetSize }: GaussianMixtureOutput,
  readout: Float64Array,
  temperature: number,
  random: Generator,
  to: Float64Array,
): void {
  const k = component(readout.subarray(0, components), temperature, random.uniform());
  for (let d = 0; d < targetSize; d++) {
    const mean = readout[components + d * components + k];
    const deviation =
      softplus(readout[components * (1 + targetSize) + d * components + k]) + deviationFloor;
    const sample = mean + Math.sqrt(temperature) * deviation * random.normal();
    to[d] = Math.min(loudest, Math.max(-loudest, sample));
  }
}

function component(logits: Float64Array, temperature: number, u: number): number {
  const likeliest = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  if (temperature === 0) return likeliest;
  const weights = logits.map((v) => Math.exp((v - logits[likeliest]) / temperature));
  let left = u * weights.reduce((a, b) => a + b);
  for (let k = 0; k < weights.length; k++) {
    left -= weights[k];
    if (left < 0) return k;
  }
  return likeliest;
}

/** Normalised samples as sound in −1 … 1, by the mean and deviation of the set that the model was trained on; peaks are clipped. */
export function soundOf(
  samples: Float32Array,
  { mean, standardDeviation }: { readonly mean: number; readonly standardDeviation: number },
): Float32Array {
  return samples.map((v) => Math.min(1, Math.max(-1, mean + standardDeviation * v)));
}
