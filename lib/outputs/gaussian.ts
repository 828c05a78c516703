import { deviationFloor, halfLogTwoPi } from "./gaussian-mixture.js";
import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/**
 * Numbers with a mean and a learnt deviation each, independent of one another: regression that knows how sure it is. The readout is
 * `size` means, then `size` raw deviations s; σ = ln(1 + eˢ) + `deviationFloor`, so targets should be normalised.
 *
 *   NLL = Σ ½ ((x − μ) / σ)² + ln σ + ½ ln 2π, in nats
 *
 * @param size numbers that are predicted in one step
 * @throws GatedRnnError `usage` for a size that is not a whole number from 1 on
 */
export function gaussian(size = 1): Output {
  checkSize("gaussian", "numbers", size, { remedy: "give the width of the target" });
  return output("gaussian", { target: "values", targetSize: size, readoutSize: 2 * size }, (v) => {
    const { readout: y, target: x, part, plus, scale } = v;
    const mean = v.named("mu", part(y, 0, size));
    const deviation = v.named("sigma", plus(v.softplus(part(y, size, size)), deviationFloor));
    const z = v.named("z", v.divide(v.minus(x, mean), deviation));
    return {
      nll: v.sum(plus(scale(v.square(z), 0.5), v.log(deviation), halfLogTwoPi)),
      sample: v.normal(mean, deviation),
    };
  });
}
