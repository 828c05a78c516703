import { cell } from "../cell.js";

/**
 * Long short-term memory without peepholes, as PyTorch and Keras have it: not of the paper; a cell of its own, so that weights can
 * be exchanged with them.
 *
 *   i = σ(W_i x + U_i h₋ + b_i)      input gate
 *   f = σ(W_f x + U_f h₋ + b_f)      forget gate
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)   new memory content
 *   c = f ⊙ c₋ + i ⊙ c̃               memory
 *   o = σ(W_o x + U_o h₋ + b_o)      output gate
 *   h = o ⊙ tanh(c)
 */
export const lstmNoPeepholes = cell(
  "lstm-no-peepholes",
  ({ input: x, hidden: h, previous, affine, sigmoid, tanh, times, plus }) => {
    const i = sigmoid(affine("i", x, h));
    const f = sigmoid(affine("f", x, h));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, previous("c")), times(i, candidate));
    const o = sigmoid(affine("o", x, h));
    return { h: times(o, tanh(c)), c };
  },
  {
    of: "lstm",
    short: "NP",
    differs: "no peepholes: V = 0",
    source: 'Greff et al. 2017, "LSTM: A Search Space Odyssey"; PyTorch, Keras',
  },
);
