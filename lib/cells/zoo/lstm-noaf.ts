import { cell } from "../cell.js";

/**
 * LSTM without an output activation function (Greff et al. 2017, NOAF): the memory is shown as
 * it is.
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)
 *   f = σ(W_f x + U_f h₋ + V_f c₋ + b_f)
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = f ⊙ c₋ + i ⊙ c̃
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)
 *   h = o ⊙ c                             no tanh
 */
export const lstmNoaf = cell(
  "lstm-noaf",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const f = sigmoid(plus(affine("f", x, h), peephole("f", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, before), times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, c), c };
  },
  {
    of: "lstm",
    short: "NOAF",
    differs: "no output activation: h = o ⊙ c",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
