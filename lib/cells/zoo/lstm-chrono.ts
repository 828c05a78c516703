import { GatedRnnError } from "../../errors.js";
import type { Cell } from "../cell.js";
import { lstmBeginning } from "../lstm.js";

/**
 * The LSTM whose biases begin so that its units forget after times spread from 1 to T steps (Tallec and Ollivier 2018).
 *
 *   b_f = ln U(1, T − 1)      each unit's own
 *   b_i = −b_f
 *
 * @param longest T, the longest dependency that is expected, in steps; more than 2. The library's `lstm-chrono` has 100,
 * another is `lstm-chrono-400`.
 * @throws GatedRnnError `usage` for a T that is none
 */
export function lstmChrono(longest: number = usualLongest): Cell {
  if (!(Number.isSafeInteger(longest) && longest > 2))
    throw new GatedRnnError(
      "usage",
      `lstm-chrono: expected a longest dependency of a whole number of steps from 3 on, got ${longest}`,
    );
  const forgets = { draw: "b_f", least: 1, most: longest - 1 };
  return lstmBeginning(
    longest === usualLongest ? "lstm-chrono" : `lstm-chrono-${longest}`,
    { inputBias: { ...forgets, factor: -1 }, forgetBias: { ...forgets, factor: 1 } },
    {
      of: "lstm",
      short: "chrono",
      differs: `b_f begins at ln U(1, ${longest - 1}), and b_i at −b_f`,
      source: 'Tallec and Ollivier 2018, "Can recurrent neural networks warp time?"',
    },
  );
}

const usualLongest = 100;
