import { cell } from "../cell.js";

/**
 * LSTM with full gate recurrence (Greff et al. 2017, FGR): the gates of the step before reach
 * every gate, as in 1997.
 *
 *   i = σ(W_i x + U_i h₋ + U_i2 i₋ + U_i3 f₋ + U_i4 o₋ + V_i c₋ + b_i)     f and o alike; o sees V_o c
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)
 *   c = f ⊙ c₋ + i ⊙ c̃
 *   h = o ⊙ tanh(c)
 */
export const lstmFgr = cell(
  "lstm-fgr",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const gates = [previous("i"), previous("f"), previous("o")];
    const i = sigmoid(plus(affine("i", x, h, ...gates), peephole("i", before)));
    const f = sigmoid(plus(affine("f", x, h, ...gates), peephole("f", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, before), times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h, ...gates), peephole("o", c)));
    return { h: times(o, tanh(c)), c, i, f, o };
  },
  {
    of: "lstm",
    short: "FGR",
    differs: "full gate recurrence: each gate also sees i₋, f₋ and o₋",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"',
  },
);
