import { cell } from "../cell.js";

/**
 * LSTM with coupled input and forget gates (Greff et al. 2017, CIFG): what is written is what is
 * forgotten, as in the GRU.
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = (1 − i) ⊙ c₋ + i ⊙ c̃              f = 1 − i
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)
 *   h = o ⊙ tanh(c)
 */
export const lstmCifg = cell(
  "lstm-cifg",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, oneMinus, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(oneMinus(i), before), times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, tanh(c)), c };
  },
  {
    of: "lstm",
    short: "CIFG",
    differs: "coupled input and forget gate: f = 1 − i",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
