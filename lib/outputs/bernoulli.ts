import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/**
 * One logistic sigmoid per piano key, each key by itself; the NLL of a step is the sum over keys of the binary cross-entropy, in nats:
 * −x ln σ(y) − (1 − x) ln(1 − σ(y)) = ln(1 + eʸ) − x y.
 *
 * @param keys width of the target and of the readout
 * @throws GatedRnnError `usage` for a number of keys that is not a whole number from 1 on
 */
export function bernoulli(keys: number): Output {
  checkSize("bernoulli", "keys", keys, { remedy: "a piano has 88" });
  return output(
    "bernoulli",
    { target: "keys", targetSize: keys, readoutSize: keys },
    ({ readout: y, target: x, sum, softplus, minus, at, chance }) => ({
      nll: minus(sum(softplus(y)), at(y, x)),
      sample: chance(y),
    }),
  );
}
