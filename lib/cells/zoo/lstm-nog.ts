import { cell } from "../cell.js";

/**
 * LSTM without an output gate (Greff et al. 2017, NOG): the whole memory is shown.
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)
 *   f = σ(W_f x + U_f h₋ + V_f c₋ + b_f)
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = f ⊙ c₋ + i ⊙ c̃
 *   h = tanh(c)                           o = 1
 */
export const lstmNog = cell(
  "lstm-nog",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const f = sigmoid(plus(affine("f", x, h), peephole("f", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, before), times(i, candidate));
    return { h: tanh(c), c };
  },
  {
    of: "lstm",
    short: "NOG",
    differs: "no output gate: o = 1",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
