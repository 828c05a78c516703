import { cell } from "../cell.js";

/**
 * GRU with coupled gates: the candidate sees of the old state what is kept of it.
 *
 *   z = σ(W_z x + U_z h₋ + b_z)
 *   c = tanh(W x + U ((1 − z) ⊙ h₋) + b)  r = 1 − z
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const gruCoupled = cell(
  "gru-coupled",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, h));
    const kept = times(oneMinus(z), h);
    const c = tanh(affine("c", x, kept));
    return { h: plus(kept, times(z, c)) };
  },
  {
    of: "gru",
    short: "coupled",
    differs: "coupled gates: r = 1 − z",
    source: "Chung et al. 2014, section 5 (what it asks for)",
  },
);
