import { cell } from "../cell.js";

/**
 * GRU1 (Dey and Salem 2017): the gates see the old state and a bias: σ(U h₋ + b).
 *
 *   r = σ(U_r h₋ + b_r)
 *   z = σ(U_z h₋ + b_z)
 *   c = tanh(W x + U (r ⊙ h₋) + b)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const gru1 = cell(
  "gru-1",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const r = sigmoid(affine("r", h));
    const z = sigmoid(affine("z", h));
    const c = tanh(affine("c", x, times(r, h)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "GRU1",
    differs: "the gates see the old state and a bias: σ(U h₋ + b)",
    source: 'Dey and Salem 2017, "Gate-Variants of Gated Recurrent Unit (GRU) Neural Networks"',
  },
);
