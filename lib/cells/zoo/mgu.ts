import { cell } from "../cell.js";

/**
 * Minimal gated unit (Zhou et al. 2016): the same gate resets and updates.
 *
 *   f = σ(W_f x + U_f h₋ + b_f)
 *   c = tanh(W x + U (f ⊙ h₋) + b)
 *   h = (1 − f) ⊙ h₋ + f ⊙ c
 */
export const mgu = cell(
  "mgu",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const f = sigmoid(affine("f", x, h));
    const c = tanh(affine("c", x, times(f, h)));
    return { h: plus(times(oneMinus(f), h), times(f, c)) };
  },
  {
    of: "gru",
    short: "MGU",
    differs: "one gate for both: r = z = f",
    source: 'Zhou et al. 2016, "Minimal Gated Unit for Recurrent Neural Networks"',
  },
);
