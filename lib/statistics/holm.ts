import { GatedRnnError } from "../errors.js";

/**
 * p-values of a whole table, corrected for their number by Holm's step-down method (1979): the
 * smallest is multiplied by how many there are, the next by one less, and so on, and none falls
 * below one before it. Holds whatever the dependence between the tests. Same order as given.
 *
 * @throws GatedRnnError `usage` for a number that is no probability
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues)
    if (!(p >= 0 && p <= 1))
      throw new GatedRnnError("usage", `holm: expected p-values from 0 to 1, got ${p}`);
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const corrected = new Array<number>(pValues.length);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, pValues[i] * (pValues.length - rank)));
    corrected[i] = least;
  });
  return corrected;
}
