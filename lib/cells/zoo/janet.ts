import { cell } from "../cell.js";

/**
 * Just another network (van der Westhuizen and Lasenby 2018): an LSTM of which the forget gate
 * is left.
 *
 *   s = W_f x + U_f h₋ + b_f
 *   f = σ(s)                              forget gate
 *   i = 1 − σ(s − 1)                      what is written: a little more than is forgotten
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   h = f ⊙ h₋ + i ⊙ c̃                    the memory is the hidden state
 *
 * Differs from its source: b_f begins at 0, not as chrono has it, so that it differs from the
 * LSTM in its gates alone.
 */
export const janet = cell(
  "janet",
  ({ input: x, hidden: h, affine, named, sigmoid, tanh, times, oneMinus, minus, plus }) => {
    const s = affine("f", x, h);
    const f = sigmoid(s);
    const i = named("i", oneMinus(sigmoid(minus(s, 1))));
    const candidate = tanh(affine("c", x, h));
    return { h: plus(times(f, h), times(i, candidate)) };
  },
  {
    of: "lstm",
    short: "JANET",
    differs: "the forget gate alone: c = σ(s) ⊙ c₋ + (1 − σ(s − 1)) ⊙ c̃, h = c",
    source:
      'van der Westhuizen and Lasenby 2018, "The unreasonable effectiveness of the forget gate"',
  },
);
