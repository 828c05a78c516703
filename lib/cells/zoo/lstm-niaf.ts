import { cell } from "../cell.js";

/**
 * LSTM without an input activation function (Greff et al. 2017, NIAF): new content is not
 * squeezed.
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)
 *   f = σ(W_f x + U_f h₋ + V_f c₋ + b_f)
 *   c̃ = W_c x + U_c h₋ + b_c              no tanh
 *   c = f ⊙ c₋ + i ⊙ c̃
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)
 *   h = o ⊙ tanh(c)
 */
export const lstmNiaf = cell(
  "lstm-niaf",
  ({ input: x, hidden: h, previous, affine, named, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const f = sigmoid(plus(affine("f", x, h), peephole("f", before)));
    const candidate = named("c~", affine("c", x, h));
    const c = plus(times(f, before), times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, tanh(c)), c };
  },
  {
    of: "lstm",
    short: "NIAF",
    differs: "no input activation: c̃ is linear",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
