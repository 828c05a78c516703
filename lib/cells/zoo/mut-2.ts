import { cell } from "../cell.js";

/**
 * MUT2 (Jozefowicz et al. 2015): the reset gate has no input matrix of its own.
 *
 *   z = σ(W_z x + U_z h₋ + b_z)
 *   r = σ(W_x x + U_r h₋ + b_r)           W_x x, as in the candidate
 *   c = tanh(W_x x + U_c (r ⊙ h₋) + b_c)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 *
 * Differs from its source, where x is as wide as h and the reset gate adds x itself.
 */
export const mut2 = cell(
  "mut-2",
  ({ input: x, hidden: h, affine, product, named, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, h));
    const seen = product("x", x);
    const r = named("r", sigmoid(plus(seen, affine("r", h))));
    const c = named("c", tanh(plus(seen, affine("c", times(r, h)))));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "MUT2",
    differs: "r sees the candidate's own W x",
    source: 'Jozefowicz et al. 2015, "An Empirical Exploration of Recurrent Network Architectures"',
  },
);
