import { isFrom, outOfRange, share } from "./ranges.js";
import { update } from "./update.js";

/** Its square must be a number above 0 in single precision. */
const isFloor = isFrom(1e-18);
const smallestFloat = 1.1754943508222875e-38;

/**
 * RMSProp with momentum on the normalised step (Tieleman and Hinton 2012), the paper's rule.
 *
 *   v = ρ v₋ + (1 − ρ) g²
 *   m = μ m₋ + rate · g / max(√(v + ε), floor)
 *   w = w₋ − m
 *
 * ε under the root is ours; the authors' code has none, and a floor of 0.01 (`protocols.authors`). PyTorch adds ε to the root.
 */
export const rmsprop = update(
  "rmsprop",
  { decay: 0.95, momentum: 0.9, epsilon: 1e-6, rootFloor: 0 },
  ({ gradient: g, learningRate, previous, setting, ...words }) => {
    const { plus, times, divide, square, sqrt, oneMinus, maximum } = words;
    const decay = setting("decay");
    const meanSquare = plus(
      times(decay, previous("meanSquare")),
      times(oneMinus(decay), square(g)),
    );
    const root = maximum(sqrt(plus(meanSquare, setting("epsilon"))), setting("rootFloor"));
    const velocity = plus(
      times(setting("momentum"), previous("velocity")),
      divide(times(learningRate, g), root),
    );
    return { step: velocity, meanSquare, velocity };
  },
  (settings) =>
    outOfRange(settings, {
      decay: share,
      momentum: share,
      rootFloor: ["from 1e-18 on and finite, or 0", (x) => x === 0 || isFloor(x)],
      epsilon: isFloor(settings.rootFloor)
        ? ["from 0 on and finite", isFrom(0)]
        : ["above 0 and finite, with no rootFloor", isFrom(smallestFloat)],
    }),
);
