import { cell } from "../cell.js";

/**
 * GRU3 (Dey and Salem 2017): the gates are biases: σ(b).
 *
 *   r = σ(b_r)
 *   z = σ(b_z)
 *   c = tanh(W x + U (r ⊙ h₋) + b)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const gru3 = cell(
  "gru-3",
  ({ input: x, hidden: h, affine, bias, sigmoid, tanh, times, oneMinus, plus }) => {
    const r = sigmoid(bias("r"));
    const z = sigmoid(bias("z"));
    const c = tanh(affine("c", x, times(r, h)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "GRU3",
    differs: "the gates are biases: σ(b)",
    source: 'Dey and Salem 2017, "Gate-Variants of Gated Recurrent Unit (GRU) Neural Networks"',
  },
);
