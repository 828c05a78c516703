import { GatedRnnError } from "../errors.js";
import { type Cell, cell, type Variant } from "./cell.js";
import type { BiasBeginning } from "./graph.js";

/** What the LSTM's gates begin at. */
interface LstmBeginning {
  readonly inputBias?: BiasBeginning;
  readonly forgetBias?: BiasBeginning;
}

/** The LSTM's equations with other biases before training. */
export function lstmBeginning(
  name: string,
  { inputBias = 0, forgetBias = 0 }: LstmBeginning,
  variant?: Variant,
): Cell {
  return cell(
    name,
    ({ input: x, hidden: h, previous, affine, peephole, sigmoid, tanh, times, plus }) => {
      const before = previous("c");
      const i = sigmoid(plus(affine({ name: "i", bias: inputBias }, x, h), peephole("i", before)));
      const f = sigmoid(plus(affine({ name: "f", bias: forgetBias }, x, h), peephole("f", before)));
      const candidate = tanh(affine("c", x, h));
      const c = plus(times(f, before), times(i, candidate));
      const o = sigmoid(plus(affine("o", x, h), peephole("o", c)));
      return { h: times(o, tanh(c)), c };
    },
    variant,
  );
}

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
export const lstm = lstmBeginning("lstm", {});

/**
 * The same unit with the forget gate's bias at any number before training; at 0 it is the paper's.
 *
 * @throws GatedRnnError `usage` for a bias that is not finite
 */
export function lstmWithForgetBias(forgetBias: number): Cell {
  if (!Number.isFinite(forgetBias))
    throw new GatedRnnError("usage", `LSTM: expected a finite forget bias, got ${forgetBias}`);
  return forgetBias === 0 ? lstm : lstmBeginning(`lstm-forget-${forgetBias}`, { forgetBias });
}
