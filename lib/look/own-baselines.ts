import type { Baseline, BaselineNll } from "../data/baselines.js";
import type { Batch, Rows } from "../data/batch.js";
import { type Split, splits } from "../data/dataset.js";
import type { Task } from "../tasks/task.js";

/** NLL of a row of a batch, in nats. */
type RowNll = (batch: Batch, row: number) => number;

/** Calls `visit` for every row of the training split that is to be predicted. */
type EachRow = (visit: (batch: Batch, row: number, weight: number) => void) => void;

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
          ? [{ name: "successors" as const, nll: frequencies(each, inputSize, targetSize, read) }]
          : []),
      ];
    case "values":
      return [
        { name: "mean", nll: gaussian(each, targetSize, () => 0) },
        ...(continued && inputSize === targetSize
          ? [{ name: "last-value" as const, nll: gaussian(each, targetSize, value) }]
          : []),
      ];
    case "counts":
      return [{ name: "rate", nll: poisson(each, targetSize) }];
    default:
      return [
        { name: "bernoulli", nll: keys(each, targetSize, () => 0) },
        ...(inputSize === targetSize
          ? [{ name: "markov" as const, nll: keys(each, targetSize, has) }]
          : []),
      ];
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

/** The one column of a one-hot row. */
const only = (rows: Rows, row: number) =>
  rows.kind === "sparse" ? rows.columns[rows.offsets[row]] : 0;
const read = ({ input }: Batch, row: number) => only(input, row);

const value = ({ input }: Batch, row: number, column: number) => numberAt(input, row, column);

function numberAt(rows: Rows, row: number, column: number): number {
  if (rows.kind === "dense") return rows.values[row * rows.width + column];
  const at = rows.columns.indexOf(column, rows.offsets[row]);
  return at >= 0 && at < rows.offsets[row + 1] ? 1 : 0;
}
const has = ({ input }: Batch, row: number, key: number) => numberAt(input, row, key);

/** The frequency of each class in each state. */
function frequencies(
  each: EachRow,
  states: number,
  classes: number,
  stateOf: (batch: Batch, row: number) => number,
): RowNll {
  const counts = new Float64Array(states * classes).fill(1);
  const totals = new Float64Array(states).fill(classes);
  each((batch, row, weight) => {
    const state = stateOf(batch, row);
    counts[state * classes + only(batch.target, row)] += weight;
    totals[state] += weight;
  });
  return (batch, row) => {
    const state = stateOf(batch, row);
    return Math.log(totals[state] / counts[state * classes + only(batch.target, row)]);
  };
}

/** A Gaussian of each column around what is expected of it. */
function gaussian(
  each: EachRow,
  size: number,
  expected: (batch: Batch, row: number, column: number) => number,
): RowNll {
  const sums = Array.from({ length: size }, () => ({ weight: 0, mean: 0, squares: 0 }));
  const off = (batch: Batch, row: number, j: number) =>
    numberAt(batch.target, row, j) - expected(batch, row, j);
  each((batch, row, weight) => {
    for (const [j, sum] of sums.entries()) {
      const distance = off(batch, row, j) - sum.mean;
      sum.weight += weight;
      sum.mean += (weight * distance) / sum.weight;
      sum.squares += weight * distance * (off(batch, row, j) - sum.mean);
    }
  });
  const columns = sums.map(({ weight, mean, squares }) => {
    const deviation = Math.max(Math.sqrt(squares / weight), leastDeviation);
    return { mean, deviation, constant: Math.log(deviation) + 0.5 * Math.log(2 * Math.PI) };
  });
  return (batch, row) =>
    columns.reduce((nll, { mean, deviation, constant }, j) => {
      const z = (off(batch, row, j) - mean) / deviation;
      return nll + constant + 0.5 * z * z;
    }, 0);
}

/** The floor that the outputs have too, in deviations of the training split. */
const leastDeviation = 0.01;

/** Whole numbers, each column by its own mean. */
function poisson(each: EachRow, size: number): RowNll {
  const sums = new Float64Array(size);
  let rows = 0;
  each((batch, row, weight) => {
    for (let j = 0; j < size; j++) sums[j] += weight * numberAt(batch.target, row, j);
    rows += weight;
  });
  const rates = sums.map((sum) => (sum + 0.5) / (rows + 0.5)); // never 0
  return (batch, row) =>
    rates.reduce((nll, rate, j) => {
      const count = numberAt(batch.target, row, j);
      return nll + rate - count * Math.log(rate) + logFactorial(count);
    }, 0);
}

function logFactorial(count: number): number {
  if (count > 170) // Stirling's series, to 1e-12 and better from here on
    return (
      (count + 0.5) * Math.log(count) - count + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * count)
    );
  let sum = 0;
  for (let k = 2; k <= count; k++) sum += Math.log(k);
  return sum;
}

/** Keys, each on or off by its own frequency in each of its two states. */
function keys(
  each: EachRow,
  size: number,
  stateOf: (batch: Batch, row: number, key: number) => number,
): RowNll {
  const on = new Float64Array(2 * size).fill(1);
  const all = new Float64Array(2 * size).fill(2);
  each((batch, row, weight) => {
    for (let key = 0; key < size; key++) {
      const state = 2 * key + stateOf(batch, row, key);
      on[state] += weight * numberAt(batch.target, row, key);
      all[state] += weight;
    }
  });
  return (batch, row) => {
    let nll = 0;
    for (let key = 0; key < size; key++) {
      const state = 2 * key + stateOf(batch, row, key);
      const p = on[state] / all[state];
      nll -= Math.log(numberAt(batch.target, row, key) === 1 ? p : 1 - p);
    }
    return nll;
  };
}
