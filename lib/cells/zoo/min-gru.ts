import { cell } from "../cell.js";

/**
 * Minimal GRU (Feng et al. 2024): nothing within a step waits for the state, so all steps can be
 * computed at once.
 *
 *   z = σ(W_z x + b_z)
 *   c = W_c x + b_c
 *   h = (1 − z) ⊙ h₋ + z ⊙ c
 */
export const minGru = cell(
  "min-gru",
  ({ input: x, hidden: h, affine, named, sigmoid, times, oneMinus, plus }) => {
    const z = sigmoid(affine("z", x));
    const c = named("c", affine("c", x));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "minGRU",
    differs: "the gate and a linear candidate see x only: z = σ(W_z x + b), c = W x + b",
    source: 'Feng et al. 2024, "Were RNNs All We Needed?"',
  },
);
