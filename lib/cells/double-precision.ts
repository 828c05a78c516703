import { words } from "../compile/ops.js";
import { GatedRnnError } from "../errors.js";
import type { Operations } from "./graph.js";

/** A model's parameters in double precision, by name, row-major. */
type DoubleWeights = ReadonlyMap<string, Float64Array>;

/** @throws GatedRnnError `usage` when a parameter is missing or has another size than the model's */
export function doubleWeights(
  parameters: readonly { readonly name: string; readonly shape: readonly number[] }[],
  values: ReadonlyMap<string, Float32Array>,
): DoubleWeights {
  return new Map(
    parameters.map(({ name, shape }) => {
      const found = values.get(name);
      const size = shape.reduce((a, b) => a * b, 1);
      if (found?.length !== size)
        throw new GatedRnnError(
          "usage",
          `parameters: expected ${name} of ${size} numbers, got ${found?.length ?? "none"}`,
        );
      return [name, Float64Array.from(found)];
    }),
  );
}

/** A cell's operations on one row: for looking into a model step by step, where engines work on whole batches. */
export function doubleOperations(weights: DoubleWeights): Operations<Float64Array> {
  const weight = (name: string) => weights.get(name) as Float64Array;
  return {
    affine: (inputs, names, bias) => {
      const matrices = names.map(weight);
      const begin = bias === undefined ? noBias(inputs[0], matrices[0]) : weight(bias);
      return affineRow(inputs, matrices, begin);
    },
    peephole: (input, name) => input.map((v, j) => v * weight(name)[j]),
    word: (op, [a = one, b = a], constant) => {
      const at = (values: Float64Array, j: number) => values[values.length === 1 ? 0 : j];
      const out = new Float64Array(Math.max(a.length, b.length));
      return out.map((_, j) => words[op].value(at(a, j), at(b, j), 0, constant));
    },
  };
}

/** Zeros, as many as a matrix makes. */
const noBias = (input: Float64Array, matrix: Float64Array) =>
  new Float64Array(matrix.length / input.length);

/** A constant is one number, which stands for a row of them. */
const one = new Float64Array(1);

/** Σ inputs[k] · weights[k] + bias; zeros, of which a piano-roll is full, cost nothing. */
export function affineRow(
  inputs: readonly Float64Array[],
  weights: readonly Float64Array[],
  bias: Float64Array,
): Float64Array {
  const out = bias.slice();
  const width = out.length;
  inputs.forEach((input, k) => {
    const matrix = weights[k];
    for (let i = 0; i < input.length; i++) {
      const x = input[i];
      if (x === 0) continue;
      for (let j = 0, at = i * width; j < width; j++, at++) out[j] += x * matrix[at];
    }
  });
  return out;
}
