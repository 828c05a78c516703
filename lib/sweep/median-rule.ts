/** Best validation NLL per step up to each epoch, in nats: what runs are compared by. */
type BestSoFar = readonly number[];

/** Epochs that every run may have, whatever the others did. */
const graceEpochs = 10;
/** Others that must have come as far before one is given up. */
export const fewest = 3;

/**
 * The median stopping rule (Golovin et al. 2017, Google Vizier): whether a run is to be given up, because its best validation NLL so far
 * is higher than the median of the others' at the same epoch.
 */
export function isHopeless(run: BestSoFar, others: readonly BestSoFar[]): boolean {
  const epoch = run.length;
  if (epoch < graceEpochs) return false;
  const there = others.filter((other) => other.length >= epoch).map((other) => other[epoch - 1]);
  return there.length >= fewest && run[epoch - 1] > median(there);
}

/** The running minimum of a validation curve. */
export function bestSoFar(valid: readonly number[]): BestSoFar {
  let best = Number.POSITIVE_INFINITY;
  return valid.map((nll) => {
    best = Math.min(best, nll);
    return best;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
