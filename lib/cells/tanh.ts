import { cell } from "./cell.js";

/**
 * The traditional recurrent unit (Chung et al. 2014, section 2, equation 2).
 *
 *   h = tanh(W x + U h₋ + b)
 */
export const tanh = cell("tanh", ({ input: x, hidden: h, affine, tanh }) => ({
  h: tanh(affine("h", x, h)),
}));
