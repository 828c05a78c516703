import { cell } from "../cell.js";

/**
 * MUT1 (Jozefowicz et al. 2015), the best that a search over ten thousand cells found.
 *
 *   z = σ(W_z x + b_z)
 *   r = σ(W_r x + U_r h₋ + b_r)
 *   m = tanh(W_m x)
 *   c = tanh(U_c (r ⊙ h₋) + m + b_c)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 *
 * Differs from its source, where x is as wide as h and enters as tanh(x): here it passes a
 * matrix.
 */
export const mut1 = cell(
  "mut-1",
  ({ input: x, hidden: h, affine, product, named, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x));
    const r = sigmoid(affine("r", x, h));
    const m = tanh(product("m", x));
    const c = named("c", tanh(plus(affine("c", times(r, h)), m)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "MUT1",
    differs: "z sees x only, and the candidate tanh(W x)",
    source: 'Jozefowicz et al. 2015, "An Empirical Exploration of Recurrent Network Architectures"',
  },
);
