import { cell } from "../cell.js";

/**
 * Minimal LSTM (Feng et al. 2024): nothing within a step waits for the state, so all steps can
 * be computed at once.
 *
 *   f = σ(W_f x + b_f)
 *   i = σ(W_i x + b_i)
 *   keep = f / (f + i)                    the two gates share out one whole
 *   c = W_c x + b_c
 *   h = keep ⊙ h₋ + (1 − keep) ⊙ c
 */
export const minLstm = cell(
  "min-lstm",
  ({ input: x, hidden: h, affine, named, sigmoid, times, divide, oneMinus, plus }) => {
    const f = sigmoid(affine("f", x));
    const i = sigmoid(affine("i", x));
    const keep = named("keep", divide(f, plus(f, i)));
    const c = named("c", affine("c", x));
    return { h: plus(times(keep, h), times(oneMinus(keep), c)) };
  },
  {
    of: "lstm",
    short: "minLSTM",
    differs:
      "gates and candidate see x only; f′ = f / (f + i), h = f′ ⊙ h₋ + (1 − f′) ⊙ c̃, c̃ linear",
    source: 'Feng et al. 2024, "Were RNNs All We Needed?"',
  },
);
