import { cell } from "../cell.js";

/**
 * LSTM without a forget gate (Greff et al. 2017, NFG), as it was in 1997: the memory is a sum.
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = c₋ + i ⊙ c̃                        f = 1
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)
 *   h = o ⊙ tanh(c)
 */
export const lstmNfg = cell(
  "lstm-nfg",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(before, times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, tanh(c)), c };
  },
  {
    of: "lstm",
    short: "NFG",
    differs: "no forget gate: f = 1",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
