import { cell } from "../cell.js";

/**
 * MUT3 (Jozefowicz et al. 2015): the update gate sees the old state squeezed.
 *
 *   z = σ(W_z x + U_z tanh(h₋) + b_z)
 *   r = σ(W_r x + U_r h₋ + b_r)
 *   c = tanh(W x + U (r ⊙ h₋) + b)
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const mut3 = cell(
  "mut-3",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, tanh(h)));
    const r = sigmoid(affine("r", x, h));
    const c = tanh(affine("c", x, times(r, h)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "MUT3",
    differs: "z sees tanh(h₋)",
    source: 'Jozefowicz et al. 2015, "An Empirical Exploration of Recurrent Network Architectures"',
  },
);
