import { type Generator, generator } from "../random/generator.js";
import type { Model, Parameter } from "./model.js";
import type { TrainingState } from "./state.js";

/**
 * Initial parameters as a pure function of the seed (ours: the paper does not say): input and output weights and
 * peepholes U(−0.1, 0.1), recurrent matrices orthogonal, biases 0; the optimiser at rest.
 */
export function initialState(model: Model, seed: number): TrainingState {
  const zeros = () =>
    new Map(model.parameters.map(({ name, shape }) => [name, new Float32Array(size(shape))]));
  const parameters = new Map(
    model.parameters.map((p) => [p.name, initial(p, generator(seed, `initialise ${p.name}`))]),
  );
  return { parameters, meanSquares: zeros(), momenta: zeros(), updates: 0 };
}

function initial({ role, shape }: Parameter, random: Generator): Float32Array {
  switch (role) {
    case "input-weight":
    case "output-weight":
    case "peephole":
      return Float32Array.from({ length: size(shape) }, () => 0.2 * random.uniform() - 0.1);
    case "recurrent-weight":
      return orthogonal(shape[0], random);
    case "bias":
    case "output-bias":
      return new Float32Array(size(shape));
  }
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A random orthogonal [n, n] matrix: Gram–Schmidt, twice for accuracy, on rows of normal numbers, in float64. */
function orthogonal(n: number, random: Generator): Float32Array {
  const rows: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    const row = Float64Array.from({ length: n }, () => random.normal());
    for (let pass = 0; pass < 2; pass++)
      for (const done of rows) {
        const overlap = dot(row, done);
        for (let j = 0; j < n; j++) row[j] -= overlap * done[j];
      }
    const norm = Math.sqrt(dot(row, row));
    rows.push(row.map((v) => v / norm));
  }
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
