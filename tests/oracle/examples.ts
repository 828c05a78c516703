import type { Cell } from "../../lib/cells/cell.js";
import type { Batch, Rows } from "../../lib/data/batch.js";
import { initialState } from "../../lib/model/initialise.js";
import { type Model, model } from "../../lib/model/model.js";
import { bernoulli, type Output } from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";

/** Steps of a sequence: what each predicts from, and what it predicts. */
interface Piece {
  readonly input: number[][];
  readonly target: number[][];
}

/**
 * Pieces as lists of steps, each a list of columns that are one (with `denseRows`, of all values), packed as data/batch.ts
 * lays down, without its code.
 */
export function packed(
  width: number,
  pieces: readonly Piece[],
  rows: typeof sparse | typeof denseRows = sparse,
): Batch {
  const order = pieces
    .map((_, i) => i)
    .sort((a, b) => pieces[b].input.length - pieces[a].input.length || a - b);
  const lengths = Int32Array.from(order, (i) => pieces[i].input.length);
  const stepOffsets = [0];
  const input: number[][] = [];
  const target: number[][] = [];
  for (let t = 0; t < lengths[0]; t++) {
    for (const i of order)
      if (t < pieces[i].input.length) {
        input.push(pieces[i].input[t]);
        target.push(pieces[i].target[t]);
      }
    stepOffsets.push(input.length);
  }
  return {
    size: pieces.length,
    time: lengths[0],
    lengths,
    stepOffsets: Int32Array.from(stepOffsets),
    sources: Int32Array.from(order),
    input: rows(width, input),
    target: rows(width, target),
  };
}

function sparse(width: number, rows: readonly number[][]): Rows {
  const offsets = [0];
  for (const row of rows) offsets.push(offsets[offsets.length - 1] + row.length);
  return {
    kind: "sparse",
    width,
    offsets: Int32Array.from(offsets),
    columns: Int32Array.from(rows.flat()),
  };
}

/** Steps that are lists of all their values. */
export function denseRows(width: number, rows: readonly number[][]): Rows {
  return { kind: "dense", width, values: Float32Array.from(rows.flat()) };
}

/** A batch of random sound in sequences of the given lengths: every step has `width` samples of standard deviation 1. */
export function randomSound(seed: number, width: number, lengths: readonly number[]): Batch {
  const random = generator(seed, "example sound");
  const row = () => Array.from({ length: width }, () => random.normal());
  return packed(
    width,
    lengths.map((length) => {
      const steps = Array.from({ length: length + 1 }, row);
      return { input: steps.slice(0, -1), target: steps.slice(1) };
    }),
    denseRows,
  );
}

/** A batch of an output's targets: classes, keys, or numbers; inputs are random numbers. */
export function randomTargets(
  seed: number,
  inputSize: number,
  { target, targetSize, name }: Output,
  lengths: readonly number[],
): Batch {
  const input = randomSound(seed, inputSize, lengths);
  const random = generator(seed, "example targets");
  const rows = Array.from({ length: input.stepOffsets[input.time] }, () => {
    if (target === "index") return [random.integer(targetSize)];
    const numbers = Array.from({ length: targetSize }, (_, k) => k);
    if (target === "keys") return numbers.filter(() => random.uniform() < 0.3);
    return numbers.map(() => (name === "poisson" ? random.integer(7) : random.normal()));
  });
  const made = target === "values" ? denseRows(targetSize, rows) : sparse(targetSize, rows);
  return { ...input, target: made };
}

/** A batch of random pieces of the given lengths, about a fifth of the columns set. */
export function randomBatch(
  seed: number,
  width: number,
  lengths: readonly number[],
  density = 0.2,
): Batch {
  const random = generator(seed, "example batch");
  const row = () =>
    Array.from({ length: width }, (_, k) => k).filter(() => random.uniform() < density);
  return packed(
    width,
    lengths.map((length) => {
      const steps = Array.from({ length: length + 1 }, row);
      return { input: steps.slice(0, -1), target: steps.slice(1) };
    }),
  );
}

/** A model with random parameters of a size that lets every gate move, biases and peepholes included. */
export function randomModel(
  cell: Cell,
  width: number,
  hiddenSize: number,
  seed: number,
  output: Output = bernoulli(width),
): { model: Model; weights: Map<string, Float64Array> } {
  const m = model(cell, width, hiddenSize, output);
  const { parameters } = initialState(m, seed);
  const weights = new Map<string, Float64Array>();
  for (const [name, values] of parameters) {
    const random = generator(seed, `example ${name}`);
    // rounded to single precision, so that every engine starts from the very same numbers
    weights.set(
      name,
      Float64Array.from(values, (v) =>
        Math.fround(v + 0.5 * random.normal() * (name.startsWith("U") ? 0.2 : 1)),
      ),
    );
  }
  return { model: m, weights };
}

/** The same weights in single precision, with an optimiser at rest: what an engine opens with. */
export function stateOf(m: Model, weights: ReadonlyMap<string, Float64Array>) {
  return {
    ...initialState(m, 0),
    parameters: new Map([...weights].map(([name, w]) => [name, Float32Array.from(w)])),
  };
}

/** Largest difference between two arrays, relative to the largest number in the expected one (or 1e-3 if that is larger). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  let scale = 1e-3;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return actual.length === expected.length && !Number.isNaN(worst)
    ? worst / scale
    : Number.POSITIVE_INFINITY;
}
