import { GatedRnnError } from "../errors.js";

/**
 * What a search with fewer candidates would have reached: the expected lowest of k values drawn
 * from these without replacement, for k = 1 … n (after Dodge et al. 2019, "Show your work", which
 * draws with replacement and so never reaches the best value itself). The last entry is the lowest
 * value. Give validation NLLs, one for each learning rate that was tried.
 *
 * @throws GatedRnnError `usage` for no values, or NaN; +∞ stands for a run that failed
 */
export function expectedBest(values: readonly number[]): number[] {
  if (values.length === 0 || values.some(Number.isNaN))
    throw new GatedRnnError(
      "usage",
      "expected best: expected at least one value and no NaN; a failed run is Infinity",
    );
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return sorted.map((_, drawnLess) => {
    const drawn = drawnLess + 1;
    let chance = drawn / n; // that the lowest of those drawn is the lowest of all
    let mean = 0;
    for (let i = 0; i + drawn <= n; i++) {
      mean += chance * sorted[i];
      chance *= (n - i - drawn) / (n - i - 1); // of the next one: C(n−i−2, k−1) / C(n−i−1, k−1)
      if (chance === 0) break; // 0 · ∞
    }
    return mean;
  });
}
