import { cell } from "./cell.js";

/**
 * Long short-term memory with diagonal peepholes, as in Graves (2013) (Chung et al. 2014, section 3.1).
 *
 *   i = σ(W_i x + U_i h₋ + V_i c₋ + b_i)   input gate
 *   f = σ(W_f x + U_f h₋ + V_f c₋ + b_f)   forget gate
 *   c̃ = tanh(W_c x + U_c h₋ + b_c)         new memory content
 *   c = f ⊙ c₋ + i ⊙ c̃                     memory
 *   o = σ(W_o x + U_o h₋ + V_o c + b_o)    output gate: sees the NEW memory
 *   h = o ⊙ tanh(c)
 */
export const lstm = cell(
  "lstm",
  ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
    const before = previous("c");
    const i = sigmoid(plus(affine("i", x, h), peephole("i", before)));
    const f = sigmoid(plus(affine("f", x, h), peephole("f", before)));
    const candidate = tanh(affine("c", x, h));
    const c = plus(times(f, before), times(i, candidate));
    const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
    return { h: times(o, tanh(c)), c };
  },
);
