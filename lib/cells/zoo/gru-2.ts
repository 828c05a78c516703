import { cell } from "../cell.js";

/**
 * GRU2 (Dey and Salem 2017): the gates see the old state alone: σ(U h₋).
 *
 *   r = σ(U_r h₋)
 *   z = σ(U_z h₋)
 *   c = tanh(W x + U (r ⊙ h₋) + b)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const gru2 = cell(
  "gru-2",
  ({ input: x, hidden: h, affine, product, sigmoid, tanh, times, oneMinus, plus }) => {
    const r = sigmoid(product("r", h));
    const z = sigmoid(product("z", h));
    const c = tanh(affine("c", x, times(r, h)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "GRU2",
    differs: "the gates see the old state alone: σ(U h₋)",
    source: 'Dey and Salem 2017, "Gate-Variants of Gated Recurrent Unit (GRU) Neural Networks"',
  },
);
