import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/** Added to every rate: a count where none was expected stays possible. */
const rateFloor = 1e-6;

/**
 * Counts (0, 1, 2, …), each distributed as Poisson says, by a rate λ = ln(1 + eʸ) + `rateFloor`: unlike eʸ it grows no faster than
 * the readout, and stays finite.
 *
 *   NLL = Σ λ − x ln λ + ln x!, in nats
 *
 * In single precision the NLL is good to about 1e-7 of x ln x: for counts of some thousands, to the third digit.
 *
 * @param size counts that are predicted in one step
 * @throws GatedRnnError `usage` for a size that is not a whole number from 1 on
 */
export function poisson(size = 1): Output {
  checkSize("poisson", "counts", size, { remedy: "give the width of the target" });
  return output(
    "poisson",
    { target: "values", targetSize: size, readoutSize: size },
    ({
      readout: y,
      target: x,
      named,
      softplus,
      plus,
      minus,
      times,
      log,
      logGamma,
      sum,
      counts,
    }) => {
      const rate = named("lambda", plus(softplus(y), rateFloor));
      return {
        nll: sum(plus(minus(rate, times(x, log(rate))), logGamma(plus(x, 1)))),
        sample: counts(rate),
      };
    },
  );
}
