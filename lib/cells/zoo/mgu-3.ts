import { cell } from "../cell.js";

/**
 * MGU3 (Heck and Salem 2017): the minimal gated unit, and the gate is a bias: σ(b).
 *
 *   f = σ(b_f)
 *   c = tanh(W x + U (f ⊙ h₋) + b)
 *   h = (1 − f) ⊙ h₋ + f ⊙ c
 */
export const mgu3 = cell(
  "mgu-3",
  ({ input: x, hidden: h, affine, bias, sigmoid, tanh, times, oneMinus, plus }) => {
    const f = sigmoid(bias("f"));
    const c = tanh(affine("c", x, times(f, h)));
    return { h: plus(times(oneMinus(f), h), times(f, c)) };
  },
  {
    of: "gru",
    short: "MGU3",
    differs: "r = z = f, and the gate is a bias: σ(b)",
    source:
      'Heck and Salem 2017, "Simplified Minimal Gated Unit Variations for Recurrent Neural Networks"',
  },
);
