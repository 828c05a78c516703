import { GatedRnnError } from "../errors.js";

/**
 * What a model predicts from its hidden state: an affine readout y = h · W_y + b_y of `readoutSize` numbers, and the
 * negative log-likelihood of a target row given y.
 */
export type Output = BernoulliOutput | GaussianMixtureOutput;

/** One logistic sigmoid per piano key; the NLL of a step is the sum over keys of the binary cross-entropy, in nats. */
export interface BernoulliOutput {
  readonly kind: "bernoulli";
  /** Keys: width of the target and of the readout. */
  readonly targetSize: number;
  readonly readoutSize: number;
}

/** @throws GatedRnnError `usage` for a number of keys that is not a whole number from 1 on */
export function bernoulli(keys: number): BernoulliOutput {
  if (!(Number.isSafeInteger(keys) && keys >= 1))
    throw new GatedRnnError(
      "usage",
      `bernoulli: expected a whole number of keys from 1 on, got ${keys}; a piano has 88`,
    );
  return { kind: "bernoulli", targetSize: keys, readoutSize: keys };
}

/** A mixture of Gaussians with diagonal covariance over the next samples, taken jointly: see `gaussianMixture`. */
export interface GaussianMixtureOutput {
  readonly kind: "gaussian-mixture";
  /** Samples D: width of the target. */
  readonly targetSize: number;
  /** Components K. */
  readonly components: number;
  /** K · (1 + 2 D). */
  readonly readoutSize: number;
}

/**
 * Added to every standard deviation of a mixture, in the unit of the target: 0.01 of the training samples' standard deviation
 * when they are normalised. It bounds the density: where a recording is silent or clipped its samples are all alike, and
 * deviations going to 0 would send the NLL to −∞ and the gradient to infinity. With it no sample scores below
 * ln(0.01 √(2π)) = −3.69 nats. 40 dB under the signal is far below what is left of speech after prediction, and some steps
 * of a 16-bit recording above the grid on which a density means nothing.
 */
export const deviationFloor = 0.01;

/** More components than this are refused: a mistake rather than a model. */
const mostComponents = 1024;

/**
 * Mixture of Gaussians for sound (section 4.2; diagonal covariance, softplus and floor are ours). The readout of a step is
 * K logits, then K means for each sample, then K raw deviations s for each sample: mean of sample d in component k is
 * y[K + d K + k].
 *
 *   w = softmax(logits)
 *   σ = ln(1 + eˢ) + `deviationFloor`
 *   NLL = −ln Σ_k w_k Π_d N(x_d; μ_dk, σ_dk)
 *
 * in nats for all D samples together, by log-sum-exp: finite for samples and readouts up to 1e6 in size. In single precision
 * the NLL overflows where a sample lies about 1e19 deviations from every mean; training then ends with `NotFiniteError`.
 *
 * @param samples samples D that are predicted in one step
 * @throws GatedRnnError `usage` for sizes that are not whole numbers from 1 on
 */
export function gaussianMixture(samples = 10, components = 20): GaussianMixtureOutput {
  checkSize("samples", samples, Number.MAX_SAFE_INTEGER);
  checkSize("components", components, mostComponents);
  return {
    kind: "gaussian-mixture",
    targetSize: samples,
    components,
    readoutSize: components * (1 + 2 * samples),
  };
}

function checkSize(what: string, size: number, most: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= most) return;
  const expected = most === mostComponents ? `from 1 to ${most}` : "from 1 on";
  throw new GatedRnnError(
    "usage",
    `gaussian mixture: expected a whole number of ${what} ${expected}, got ${size}; the paper has 20 components over 10 samples`,
  );
}
