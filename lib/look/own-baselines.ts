import type { Baseline, BaselineNll } from "../data/baselines.js";
import type { Batch } from "../data/batch.js";
import { type Split, splits } from "../data/dataset.js";
import type { Task } from "../tasks/task.js";
import {
  type EachRow,
  frequencies,
  gaussian,
  inputClass,
  inputNumber,
  keys,
  poisson,
  type RowNll,
} from "./row-models.js";

/**
 * What models without a network reach on any task, on the very steps that a network is scored on and
 * with their weights; all is counted on the training split:
 *
 * - classes, text: `frequencies`, every class by its own; `successors`, by that of the class after
 *   the one that is read, where classes are continued. Counts begin at one.
 * - values: `mean`, a Gaussian with each column's mean and deviation; `last-value`, one around the
 *   value that is read, where series are continued.
 * - counts: `rate`, a Poisson with each column's mean.
 * - keys: `bernoulli`, every key by its own frequency; `markov`, given itself one step before.
 */
export function ownBaselines(task: Task): Baseline[] {
  const each: EachRow = (visit) => {
    for (const batch of task.evaluation("train"))
      for (let row = 0; row < batch.stepOffsets[batch.time]; row++) {
        const weight = batch.weights?.[row] ?? 1;
        if (weight > 0) visit(batch, row, weight);
      }
  };
  return modelsOf(task, each).map(({ name, nll }) => {
    const scored = splits.map((split) => [split, score(task.evaluation(split), nll)]);
    return { name, ...(Object.fromEntries(scored) as Record<Split, BaselineNll>) };
  });
}

interface RowModel {
  readonly name: Baseline["name"];
  readonly nll: RowNll;
}

function modelsOf({ units, inputSize, output: { targetSize } }: Task, each: EachRow): RowModel[] {
  const continued = units.kind === "text" || ("of" in units && units.of === "next");
  switch (units.kind) {
    case "text":
    case "classes":
      return [
        { name: "frequencies", nll: frequencies(each, 1, targetSize, () => 0) },
        ...(continued && inputSize === targetSize
          ? [
              {
                name: "successors" as const,
                nll: frequencies(each, inputSize, targetSize, inputClass),
              },
            ]
          : []),
      ];
    case "values":
      return [
        { name: "mean", nll: gaussian(each, targetSize, () => 0) },
        ...(continued && inputSize === targetSize
          ? [{ name: "last-value" as const, nll: gaussian(each, targetSize, inputNumber) }]
          : []),
      ];
    case "counts":
      return [{ name: "rate", nll: poisson(each, targetSize) }];
    case "music":
    case "keys":
      return [
        { name: "bernoulli", nll: keys(each, targetSize, () => 0) },
        ...(inputSize === targetSize
          ? [{ name: "markov" as const, nll: keys(each, targetSize, inputNumber) }]
          : []),
      ];
    case "speech":
      return [{ name: "mean", nll: gaussian(each, targetSize, () => 0) }];
  }
}

/** Mean NLL in nats: over all predicted steps, and the mean of the sequences' own means. */
function score(batches: Iterable<Batch>, nll: RowNll): BaselineNll {
  const sums = { nll: 0, weight: 0, means: 0, sequences: 0 };
  for (const batch of batches) {
    const [nlls, weights] = [new Float64Array(batch.size), new Float64Array(batch.size)];
    for (let t = 0; t < batch.time; t++)
      for (let row = batch.stepOffsets[t]; row < batch.stepOffsets[t + 1]; row++) {
        const weight = batch.weights?.[row] ?? 1;
        if (weight === 0) continue;
        nlls[row - batch.stepOffsets[t]] += weight * nll(batch, row);
        weights[row - batch.stepOffsets[t]] += weight;
      }
    for (let b = 0; b < batch.size; b++) {
      if (weights[b] === 0) continue;
      sums.nll += nlls[b];
      sums.weight += weights[b];
      sums.means += nlls[b] / weights[b];
      sums.sequences += 1;
    }
  }
  return { nllPerStep: sums.nll / sums.weight, nllPerSequence: sums.means / sums.sequences };
}
