import { cell } from "./cell.js";

/**
 * Gated recurrent unit (Chung et al. 2014, section 3.2).
 *
 *   r = σ(W_r x + U_r h₋ + b_r)      reset gate
 *   z = σ(W_z x + U_z h₋ + b_z)      update gate
 *   c = tanh(W x + U (r ⊙ h₋) + b)   candidate: the reset gate acts before the product
 *   h = (1 − z) ⊙ h₋ + z ⊙ c         z = 0 keeps the old state
 *
 * Differs from Keras and PyTorch, where z keeps the old state.
 */
export const gru = cell(
  "gru",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
    const r = sigmoid(affine("r", x, h));
    const z = sigmoid(affine("z", x, h));
    const c = tanh(affine("c", x, times(r, h)));
    return { h: plus(times(oneMinus(z), h), times(z, c)) };
  },
);
