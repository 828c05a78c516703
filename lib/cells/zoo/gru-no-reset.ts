import { cell } from "../cell.js";

/**
 * GRU without a reset gate: the candidate always sees the whole old state.
 *
 *   z = σ(W_z x + U_z h₋ + b_z)
 *   c = tanh(W x + U h₋ + b)              r = 1
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const gruNoReset = cell(
  "gru-no-reset",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x, h));
    const c = tanh(affine("c", x, h));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "no reset",
    differs: "no reset gate: r = 1",
    source: "Chung et al. 2014, section 5 (what it asks for)",
  },
);
