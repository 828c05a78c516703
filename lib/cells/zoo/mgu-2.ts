import { cell } from "../cell.js";

/**
 * MGU2 (Heck and Salem 2017): the minimal gated unit, and the gate sees the old state alone: σ(U
 * h₋).
 *
 *   f = σ(U_f h₋)
 *   c = tanh(W x + U (f ⊙ h₋) + b)
 *   h = (1 − f) ⊙ h₋ + f ⊙ c
 */
export const mgu2 = cell(
  "mgu-2",
  ({ input: x, hidden: h, affine, product, sigmoid, tanh, times, oneMinus, plus }) => {
    const f = sigmoid(product("f", h));
    const c = tanh(affine("c", x, times(f, h)));
    return { h: plus(times(oneMinus(f), h), times(f, c)) };
  },
  {
    of: "gru",
    short: "MGU2",
    differs: "r = z = f, and the gate sees the old state alone: σ(U h₋)",
    source:
      'Heck and Salem 2017, "Simplified Minimal Gated Unit Variations for Recurrent Neural Networks"',
  },
);
