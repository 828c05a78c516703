import { GatedRnnError } from "../errors.js";
import { type Output, output } from "./output.js";
import { checkSize } from "./size.js";

/** In which order the keys of a chord are drawn: the low ones first, or the high ones. */
export const nadeOrders = ["low-to-high", "high-to-low"] as const;
/** The order of the keys of a NADE. */
export type NadeOrder = (typeof nadeOrders)[number];

/** Which biases follow the recurrent state: those of the keys and of the hidden units, or those of the keys alone. */
export const nadeConditions = ["both", "keys"] as const;
/** Which biases of a NADE follow the recurrent state. */
export type NadeCondition = (typeof nadeConditions)[number];

/** How a NADE goes through the keys, and what of it follows the recurrent state; see `nade`. */
export interface NadeOptions {
  /** Default: low-to-high. */
  readonly order?: NadeOrder;
  /** Default: both. */
  readonly condition?: NadeCondition;
}

/** More hidden units than this are refused: a mistake rather than a model. */
const mostHidden = 4096;

/**
 * All keys of a chord jointly, by a neural autoregressive distribution estimator (NADE, Larochelle and Murray 2011) whose biases
 * follow the recurrent state (RNN-NADE, Boulanger-Lewandowski et al. 2012): a key is sounded knowing which of the keys before it in
 * the order are. The readout of a step is a bias b for each key, then a bias c for each hidden unit; W and V, [keys, hidden], are
 * parameters of the output itself.
 *
 *   a_k = c + Σ_(j before k) W_j x_j          what the hidden units have seen so far
 *   p_k = σ(b_k + V_k · σ(a_k))               chance that key k sounds
 *   NLL = −Σ_k x_k ln p_k + (1 − x_k) ln(1 − p_k), in nats: exact, for the chances of all chords add up to 1
 *
 * With `condition: "keys"` c is a parameter, too, and only b follows the state.
 *
 * @param keys width of the target; a piano has 88
 * @param hidden units that remember the keys before
 * @throws GatedRnnError `usage` for sizes that are not whole numbers from 1 on, and orders and conditions that there are not
 */
export function nade(keys: number, hidden: number, options: NadeOptions = {}): Output {
  const { order = "low-to-high", condition = "both" } = options;
  checkSize("nade", "keys", keys, { remedy: "a piano has 88" });
  checkSize("nade", "hidden units", hidden, { most: mostHidden, remedy: "64 are usual" });
  for (const [what, given, known] of [
    ["order", order, nadeOrders],
    ["condition", condition, nadeConditions],
  ] as const)
    if (!known.some((name) => name === given))
      throw new GatedRnnError(
        "usage",
        `nade: expected ${what} to be ${known.join(" or ")}, got ${String(given)}`,
      );
  const isUpward = order === "low-to-high";
  const isWhole = condition === "both";
  return output(
    "nade",
    { target: "keys", targetSize: keys, readoutSize: isWhole ? keys + hidden : keys },
    (v) => {
      const { readout: y, target: x, matrix, part, plus, minus, times, sum } = v;
      const W = v.parameter("W", keys, hidden);
      const V = v.parameter("V", keys, hidden);
      const b = v.named("b", matrix(part(y, 0, keys), keys, 1));
      const c = isWhole ? v.named("c", part(y, keys, hidden)) : v.parameter("c", 1, hidden);
      const sounding = times(W, matrix(x, keys, 1));
      const a = v.named("a", plus(c, isUpward ? v.before(sounding) : v.after(sounding)));
      const logits = v.named("l", plus(b, sum(times(V, v.sigmoid(a)))));
      const list = matrix(logits, 1, keys);
      return {
        nll: minus(sum(v.softplus(list)), v.at(list, x)),
        sample: isUpward ? v.upward(list) : v.downward(list),
      };
    },
  );
}
