import type { Batch, Rows } from "../data/batch.js";

/** NLL of a row of a batch, in nats. */
export type RowNll = (batch: Batch, row: number) => number;

/** Calls `visit` for every row of the training split that is to be predicted. */
export type EachRow = (visit: (batch: Batch, row: number, weight: number) => void) => void;

/** The one column of a one-hot row. */
const only = (rows: Rows, row: number) =>
  rows.kind === "sparse" ? rows.columns[rows.offsets[row]] : 0;

/** What is read at a row: of classes that are continued, the one before. */
export const inputClass = ({ input }: Batch, row: number) => only(input, row);

/** A number that is read at a row; of keys, whether one is on. */
export const inputNumber = ({ input }: Batch, row: number, column: number) =>
  numberAt(input, row, column);

function numberAt(rows: Rows, row: number, column: number): number {
  if (rows.kind === "dense") return rows.values[row * rows.width + column];
  for (let k = rows.offsets[row]; k < rows.offsets[row + 1]; k++)
    if (rows.columns[k] === column) return 1;
  return 0;
}

/** The frequency of each class in each state. */
export function frequencies(
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
export function gaussian(
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
export function poisson(each: EachRow, size: number): RowNll {
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
  if (count > 170)
    // Stirling's series, to 1e-12 and better from here on
    return (count + 0.5) * Math.log(count) - count + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * count);
  let sum = 0;
  for (let k = 2; k <= count; k++) sum += Math.log(k);
  return sum;
}

/** Keys, each on or off by its own frequency in each of its two states. */
export function keys(
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
