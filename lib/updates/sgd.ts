import { outOfRange, share } from "./ranges.js";
import { update } from "./update.js";

/**
 * Gradient descent, with momentum where it is asked for.
 *
 *   m = μ m₋ + rate · g          w = w₋ − m
 */
export const sgd = update(
  "sgd",
  { momentum: 0 },
  ({ gradient, learningRate, previous, setting, plus, times }) => {
    const kept = times(setting("momentum"), previous("velocity"));
    const velocity = plus(kept, times(learningRate, gradient));
    return { step: velocity, velocity };
  },
  (settings) => outOfRange(settings, { momentum: share }),
);
