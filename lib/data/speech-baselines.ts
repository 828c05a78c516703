import { GatedRnnError } from "../errors.js";
import type { Baseline, BaselineNll } from "./baselines.js";
import type { SpeechDataset, Waveform } from "./dataset.js";
import { type Split, splits } from "./dataset.js";
import { checkDataset } from "./predictable-steps.js";
import { windowSteps } from "./speech-batches.js";

/** What a step predicts from what, as `speechBatches` has it by default. */
const window = { seen: 20, predicted: 10 } as const;

const logTwoPi = Math.log(2 * Math.PI);

/**
 * What models without a network reach on speech, on the very steps that a network is scored on, ten samples a step:
 *
 * - `gaussian`: the ten samples are drawn from one Gaussian with full covariance, whatever came before;
 * - `autoregressive`: every sample is a linear function of the 20 before it plus Gaussian noise, the samples of the same step included: linear
 *   prediction, as old telephones do it.
 *
 * Both are fitted to the predicted steps of the training split: mean and covariance, and least squares.
 *
 * @throws GatedRnnError `usage` when a split has nothing to predict, or training fewer steps than a fit needs
 */
export function speechBaselines(dataset: SpeechDataset): Baseline[] {
  checkDataset(dataset);
  const scores = [
    ["gaussian", gaussianScore(dataset.train)],
    ["autoregressive", autoregressiveScore(dataset.train)],
  ] as const;
  return scores.map(([name, score]) => {
    const scored = splits.map((split) => [split, meanNll(dataset[split], score)]);
    return { name, ...(Object.fromEntries(scored) as Record<Split, BaselineNll>) };
  });
}

/** NLL of a waveform's predicted samples, in nats, all steps together. */
type Score = (samples: Float32Array, steps: number) => number;

function gaussianScore(train: readonly Waveform[]): Score {
  const size = window.predicted;
  const moments = new Moments(size);
  eachWaveform(train, (samples, steps) => {
    for (let t = 0; t < steps; t++) moments.add(samples, window.seen + t * size);
  });
  const { mean, covariance } = moments.fit();
  const root = cholesky(covariance, size);
  const constant = 0.5 * size * logTwoPi + logDiagonal(root, size);
  const centred = new Float64Array(size);
  return (samples, steps) => {
    let nll = 0;
    for (let t = 0; t < steps; t++) {
      for (let d = 0; d < size; d++) centred[d] = samples[window.seen + t * size + d] - mean[d];
      forwardSubstitute(root, size, centred);
      nll += constant + 0.5 * centred.reduce((sum, v) => sum + v * v, 0);
    }
    return nll;
  };
}

function autoregressiveScore(train: readonly Waveform[]): Score {
  const order = window.seen;
  const moments = new Moments(order + 1); // the samples before, oldest first, and the one to predict
  eachWaveform(train, (samples, steps) => {
    for (let i = 0; i < steps * window.predicted; i++) moments.add(samples, i);
  });
  const { mean, covariance } = moments.fit();
  const size = order + 1;
  const root = cholesky(covariance, size);
  // the last row of the root: L[order, :order] = (L⁻¹ cov(past, next))ᵀ, and its diagonal is the deviation of what is left
  const deviation = root[size * size - 1];
  const weights = new Float64Array(order);
  for (let i = order - 1; i >= 0; i--) {
    let sum = root[order * size + i];
    for (let j = i + 1; j < order; j++) sum -= root[j * size + i] * weights[j];
    weights[i] = sum / root[i * size + i];
  }
  const intercept = mean[order] - weights.reduce((sum, w, i) => sum + w * mean[i], 0);
  const constant = 0.5 * logTwoPi + Math.log(deviation);
  return (samples, steps) => {
    let nll = 0;
    for (let i = 0; i < steps * window.predicted; i++) {
      let prediction = intercept;
      for (let j = 0; j < order; j++) prediction += weights[j] * samples[i + j];
      nll += constant + 0.5 * ((samples[i + order] - prediction) / deviation) ** 2;
    }
    return nll;
  };
}

function meanNll(waveforms: readonly Waveform[], score: Score): BaselineNll {
  let total = 0;
  let allSteps = 0;
  let means = 0;
  let scored = 0;
  eachWaveform(waveforms, (samples, steps) => {
    const nll = score(samples, steps);
    total += nll;
    allSteps += steps;
    means += nll / steps;
    scored += 1;
  });
  return { nllPerStep: total / allSteps, nllPerSequence: means / scored };
}

/** Calls `visit` for every waveform that has a step. */
function eachWaveform(
  waveforms: readonly Waveform[],
  visit: (samples: Float32Array, steps: number) => void,
): void {
  for (const waveform of waveforms) {
    const steps = windowSteps(waveform.length);
    if (steps > 0) visit(waveform.read(), steps);
  }
}

/** Mean and covariance of rows of numbers. */
class Moments {
  private rows = 0;
  private readonly sums: Float64Array;
  private readonly products: Float64Array;

  constructor(private readonly size: number) {
    this.sums = new Float64Array(size);
    this.products = new Float64Array(size * size);
  }

  /** The row that begins at `samples[at]`. */
  add(samples: Float32Array, at: number): void {
    const { size, sums, products } = this;
    this.rows += 1;
    for (let i = 0; i < size; i++) {
      const v = samples[at + i];
      sums[i] += v;
      for (let j = 0; j <= i; j++) products[i * size + j] += v * samples[at + j];
    }
  }

  /** The lower triangle of the covariance, [size, size]. */
  fit(): { mean: Float64Array; covariance: Float64Array } {
    const { rows, size } = this;
    if (rows <= size)
      throw new GatedRnnError(
        "usage",
        `speech baselines: expected more than ${size} training steps, got ${rows}`,
      );
    const mean = this.sums.map((sum) => sum / rows);
    const covariance = this.products.map(
      (sum, k) => sum / rows - mean[Math.floor(k / size)] * mean[k % size],
    );
    return { mean, covariance };
  }
}

/**
 * The lower triangle L with L Lᵀ = the matrix whose lower triangle is given. Where samples say nothing new (silence, a pure tone) the
 * diagonal is held at 1e-6 of the row's own, so that a density remains.
 */
function cholesky(matrix: Float64Array, size: number): Float64Array {
  const root = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= root[i * size + k] * root[j * size + k];
      root[i * size + j] =
        i === j
          ? Math.sqrt(Math.max(sum, 1e-6 * matrix[i * size + i], Number.MIN_VALUE))
          : sum / root[j * size + j];
    }
  return root;
}

const logDiagonal = (root: Float64Array, size: number) =>
  Array.from({ length: size }, (_, i) => Math.log(root[i * size + i])).reduce((a, b) => a + b);

/** Solves L y = values in place. */
function forwardSubstitute(root: Float64Array, size: number, values: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = values[i];
    for (let j = 0; j < i; j++) sum -= root[i * size + j] * values[j];
    values[i] = sum / root[i * size + i];
  }
}
