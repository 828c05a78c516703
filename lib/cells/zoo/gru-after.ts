import { cell } from "../cell.js";

/**
 * Gated recurrent unit whose reset gate acts after the product, as in cuDNN, PyTorch and Keras (reset_after): not of the paper;
 * a cell of its own, so that weights can be exchanged with them.
 *
 *   r = σ(W_r x + U_r h₋ + b_r)                reset gate
 *   z = σ(W_z x + U_z h₋ + b_z)                update gate
 *   c = tanh(W_c x + b_c + r ⊙ (U_m h₋ + b_m)) candidate: the reset gate acts after the product
 *   h = (1 − z) ⊙ h₋ + z ⊙ c                   z = 0 keeps the old state, as in the paper's GRU
 *
 * Differs from Keras and PyTorch, where z keeps the old state: exchange turns the signs of W_z, U_z and b_z.
 */
export const gruAfter = cell(
  "gru-after",
  ({ input: x, hidden: h, affine, named, sigmoid, tanh, times, oneMinus, plus }) => {
    const r = sigmoid(affine("r", x, h));
    const z = sigmoid(affine("z", x, h));
    const c = named("c", tanh(plus(affine("c", x), times(r, affine("m", h)))));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
  {
    of: "gru",
    short: "reset after",
    differs: "the reset gate acts after the product: r ⊙ (U h₋ + b′)",
    source: "cuDNN, PyTorch, Keras",
  },
);
