import { cell } from "../cell.js";

/**
 * GRU without an update gate: nothing is kept but what the candidate makes of it.
 *
 *   r = σ(W_r x + U_r h₋ + b_r)
 *   h = tanh(W x + U (r ⊙ h₋) + b)        z = 1
 */
export const gruNoUpdate = cell(
  "gru-no-update",
  ({ input: x, hidden: h, affine, sigmoid, tanh, times }) => {
    const r = sigmoid(affine("r", x, h));
    return { h: tanh(affine("h", x, times(r, h))) };
  },
  {
    of: "gru",
    short: "no update",
    differs: "no update gate: z = 1",
    source: "Chung et al. 2014, section 5 (what it asks for)",
  },
);
