import { isFrom, outOfRange, share } from "./ranges.js";
import { update } from "./update.js";

/**
 * Adam (Kingma and Ba 2015), with the bias of both averages corrected; ε is added to the root.
 *
 *   m = β₁ m₋ + (1 − β₁) g          v = β₂ v₋ + (1 − β₂) g²
 *   w = w₋ − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 */
export const adam = update(
  "adam",
  { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ({ gradient: g, learningRate, count, previous, setting, ...words }) => {
    const { plus, times, divide, square, sqrt, oneMinus, exp, log } = words;
    const average = (slot: string, share: ReturnType<typeof setting>, of: typeof g) =>
      plus(times(share, previous(slot)), times(oneMinus(share), of));
    const corrected = (value: typeof g, share: typeof g) =>
      divide(value, oneMinus(exp(times(count, log(share))))); // βᵗ
    const [beta1, beta2] = [setting("beta1"), setting("beta2")];
    const mean = average("mean", beta1, g);
    const meanSquare = average("meanSquare", beta2, square(g));
    const root = plus(sqrt(corrected(meanSquare, beta2)), setting("epsilon"));
    return { step: divide(times(learningRate, corrected(mean, beta1)), root), mean, meanSquare };
  },
  (settings) =>
    outOfRange(settings, {
      beta1: share,
      beta2: share,
      epsilon: ["from 1e-30 on and finite", isFrom(1e-30)],
    }),
);
