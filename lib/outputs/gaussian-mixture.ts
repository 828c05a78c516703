import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/**
 * Added to every standard deviation of a mixture, in the unit of the target: 0.01 of the training samples' standard deviation
 * when they are normalised. It bounds the density: where a recording is silent or clipped its samples are all alike, and
 * deviations going to 0 would send the NLL to −∞ and the gradient to infinity. With it no sample scores below
 * ln(0.01 √(2π)) = −3.69 nats. 40 dB under the signal is far below what is left of speech after prediction, and some steps
 * of a 16-bit recording above the grid on which a density means nothing.
 */
export const deviationFloor = 0.01;

export const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** More components than this are refused: a mistake rather than a model. */
const mostComponents = 1024;

/**
 * Mixture of Gaussians for sound (section 4.2; diagonal covariance, softplus and floor are ours), over the next samples jointly. The
 * readout of a step is K logits, then K means for each sample, then K raw deviations s for each sample: mean of sample d in
 * component k is y[K + d K + k].
 *
 *   w = softmax(logits)
 *   σ = ln(1 + eˢ) + `deviationFloor`
 *   NLL = −ln Σ_k w_k Π_d N(x_d; μ_dk, σ_dk)
 *
 * in nats for all D samples together, by log-sum-exp: finite for samples and readouts up to 1e6 in size. In single precision
 * the NLL overflows where a sample lies about 1e19 deviations from every mean; training then ends with `NotFiniteError`.
 *
 * @param samples samples D that are predicted in one step
 * @param components K
 * @throws GatedRnnError `usage` for sizes that are not whole numbers from 1 on
 */
export function gaussianMixture(samples = 10, components = 20): Output {
  const remedy = "the paper has 20 components over 10 samples";
  const D = checkSize("gaussian mixture", "samples", samples, { remedy });
  const K = checkSize("gaussian mixture", "components", components, {
    most: mostComponents,
    remedy,
  });
  return output(
    "gaussian-mixture",
    { target: "values", targetSize: D, readoutSize: K * (1 + 2 * D) },
    (v) => {
      const { readout: y, target: x, part, matrix, plus, minus, scale, sum, times } = v;
      const logits = v.named("a", part(y, 0, K));
      const mean = v.named("mu", matrix(part(y, K, D * K), D, K));
      const raw = v.named("s", matrix(part(y, K + D * K, D * K), D, K));
      const deviation = v.named("sigma", plus(v.softplus(raw), deviationFloor));
      const z = v.named("z", v.divide(minus(matrix(x, D, 1), mean), deviation));
      const energy = plus(scale(v.square(z), 0.5), v.log(deviation), halfLogTwoPi);
      const logWeight = minus(logits, v.logSumExp(logits));
      const chosen = v.choice(logits);
      return {
        nll: v.negate(v.logSumExp(minus(logWeight, v.sumRows(energy)))),
        sample: v.normal(sum(times(mean, chosen)), sum(times(deviation, chosen))),
      };
    },
  );
}
