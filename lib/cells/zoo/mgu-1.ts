import { cell } from "../cell.js";

/**
 * MGU1 (Heck and Salem 2017): the minimal gated unit, and the gate sees the old state and a
 * bias: σ(U h₋ + b).
 *
 *   f = σ(U_f h₋ + b_f)
 *   c = tanh(W x + U (f ⊙ h₋) + b)
 *   h = (1 − f) ⊙ h₋ + f ⊙ c
 */
export const mgu1 = cell(
  "mgu-1",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const f = sigmoid(affine("f", h));
    const c = tanh(affine("c", x, times(f, h)));
    return { h: plus(times(oneMinus(f), h), times(f, c)) };
  },
  {
    of: "gru",
    short: "MGU1",
    differs: "r = z = f, and the gate sees the old state and a bias: σ(U h₋ + b)",
    source:
      'Heck and Salem 2017, "Simplified Minimal Gated Unit Variations for Recurrent Neural Networks"',
  },
);
