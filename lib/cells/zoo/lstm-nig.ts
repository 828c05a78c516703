import { cell } from "../cell.js";

/**
 * LSTM without an input gate (Greff et al. 2017, NIG): all new content is written.
 *
 *   f = σ(W_f x + U_f h₋ + V_f c₋ + b_f)
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = f ⊙ c₋ + c̃                        i = 1
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)
 *   h = o ⊙ tanh(c)
 */
export const lstmNig = cell(
  "lstm-nig",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const f = sigmoid(plus(affine("f", x, h), peephole("f", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, before), candidate);
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, tanh(c)), c };
  },
  {
    of: "lstm",
    short: "NIG",
    differs: "no input gate: i = 1",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
