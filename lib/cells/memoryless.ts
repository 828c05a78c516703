import { cell } from "./cell.js";

/**
 * A layer without memory: what the tanh unit is when its recurrence is taken out. Not of the paper; it tells how much of a score is owed to
 * memory, and how much to the input of the step itself.
 *
 *   h = tanh(W_h x + b_h)
 */
export const memoryless = cell("memoryless", ({ input: x, affine, tanh }) => ({
  h: tanh(affine("h", x)),
}));
