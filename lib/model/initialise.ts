import type { BiasBeginning } from "../cells/graph.js";
import { generator, type Generator as Random } from "../random/generator.js";
import type { Model, Parameter } from "./model.js";
import { orthogonal } from "./orthogonal.js";
import { checkModelSize } from "./size.js";
import type { TrainingState } from "./state.js";

/**
 * Initial parameters as a pure function of the seed (ours: the paper does not say): input and output weights and
 * peepholes U(−0.1, 0.1), recurrent matrices orthogonal, biases 0 unless the cell says otherwise; the optimiser at rest.
 *
 * @throws GatedRnnError `usage` for a model so large that this would take hours
 */
export function initialState(model: Model, seed: number): TrainingState {
  const work = initialising(model, seed);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same in slices of some milliseconds, so that a large model's maker can do other things between them. */
export function* initialising(
  model: Model,
  seed: number,
): Generator<undefined, TrainingState, undefined> {
  checkModelSize(model);
  const parameters = new Map<string, Float32Array>();
  for (const parameter of model.parameters) {
    const random = generator(seed, `initialise ${parameter.name}`);
    parameters.set(parameter.name, yield* initial(parameter, random, seed));
  }
  return { parameters, optimiser: new Map(), updates: 0 };
}

function* initial({ role, shape, begin = 0 }: Parameter, random: Random, seed: number) {
  switch (role) {
    case "input-weight":
    case "output-weight":
    case "peephole":
      return yield* uniform(new Float32Array(size(shape)), random);
    case "recurrent-weight":
      return yield* orthogonal(shape[0], random);
    case "bias":
    case "output-bias":
      return typeof begin === "number"
        ? new Float32Array(size(shape)).fill(begin)
        : drawnBias(size(shape), begin, generator(seed, `initialise ${begin.draw}`));
  }
}

/** factor · ln U(least, most) for every unit. */
function drawnBias(
  units: number,
  { least, most, factor }: Exclude<BiasBeginning, number>,
  random: Random,
): Float32Array {
  return Float32Array.from(
    { length: units },
    () => factor * Math.log(least + (most - least) * random.uniform()),
  );
}

/** Numbers between two yields: a few milliseconds. */
const slice = 1 << 16;

function* uniform(values: Float32Array, random: Random) {
  for (let i = 0; i < values.length; i++) {
    values[i] = 0.2 * random.uniform() - 0.1;
    if (i % slice === slice - 1) yield;
  }
  return values;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
