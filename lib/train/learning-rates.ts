import { generator } from "../random/generator.js";

/** The paper's candidates: learning rates drawn log-uniformly, exp(U(−12, −6)) = 6e-6 … 2.5e-3 (section 4.3). */
export function learningRateCandidates(count: number, seed: number): number[] {
  const random = generator(seed, "learning rates");
  return Array.from({ length: count }, () => Math.exp(-12 + 6 * random.uniform()));
}
