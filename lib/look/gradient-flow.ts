import { affineRow, doubleOperations, doubleWeights } from "../cells/double-precision.js";
import { evaluateStep } from "../cells/graph.js";
import { type BackwardValue, derivative } from "../compile/derivative.js";
import { operations } from "../compile/ops.js";
import type { Batch, Rows } from "../data/batch.js";
import { GatedRnnError } from "../errors.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";
import { rowNll } from "../outputs/evaluate.js";

/**
 * How much of a step's error reaches the steps before it: the norm of ∂NLL_t / ∂s_(t−k), for k = 0 … lags, as a share of its norm at
 * k = 0, where s are all of a cell's states together (h; of the LSTM h and c). A loss that cannot reach a step cannot teach a
 * network what to keep of it: the vanishing gradient of Hochreiter (1991) and Bengio et al. (1994), measured.
 *
 * @returns [lags + 1] geometric means over all sequences of a batch and all their steps t ≥ lags; 1 first
 * @throws GatedRnnError `usage` when no sequence is longer than `lags`
 */
export function gradientFlow(
  model: Model,
  parameters: TrainingState["parameters"],
  batch: Batch,
  lags: number,
): Float64Array {
  const weights = doubleWeights(model.parameters, parameters);
  const sums = new Float64Array(lags + 1);
  let count = 0;
  for (let b = 0; b < batch.size; b++) {
    const steps = forward(model, weights, batch, b);
    for (let t = lags; t < steps.length; t++) {
      const norms = backward(model, weights, steps, t, lags);
      norms.forEach((norm, k) => {
        sums[k] += Math.log(Math.max(norm / norms[0], Number.MIN_VALUE));
      });
      count += 1;
    }
  }
  if (count === 0)
    throw new GatedRnnError(
      "usage",
      `gradient flow: expected a sequence of more than ${lags} steps, got none`,
    );
  return sums.map((sum) => Math.exp(sum / count));
}

/**
 * How much of one step's error reaches each step before it: |∂NLL_t / ∂s_(t−k)| for k = 0 … t, as
 * a share of its norm at k = 0; see `gradientFlow`.
 *
 * @param batch one sequence
 * @param t the predicted step, from 0
 * @returns [t + 1] shares; 1 first
 * @throws GatedRnnError `usage` for a step that the sequence does not have
 */
export function gradientReach(
  model: Model,
  parameters: TrainingState["parameters"],
  batch: Batch,
  t: number,
): Float64Array {
  if (!(Number.isInteger(t) && t >= 0 && t < batch.lengths[0]))
    throw new GatedRnnError(
      "usage",
      `gradient reach: expected a step from 0 to ${batch.lengths[0] - 1}, got ${t}`,
    );
  const weights = doubleWeights(model.parameters, parameters);
  const norms = backward(model, weights, forward(model, weights, batch, 0, t + 1), t, t);
  return Float64Array.from(norms, (norm) => norm / (norms[0] || 1));
}

/** One step of a sequence: every node's value, and the loss's slope by h. */
interface Step {
  readonly values: readonly Float64Array[];
  readonly slope: Float64Array;
}

function forward(
  model: Model,
  weights: ReadonlyMap<string, Float64Array>,
  batch: Batch,
  b: number,
  steps = batch.lengths[b],
): Step[] {
  const { graph } = model.cell;
  const operations = doubleOperations(weights);
  const [W, bias] = [weights.get("W_y"), weights.get("b_y")] as [Float64Array, Float64Array];
  const { readoutSize } = model.output;
  let states = new Map<string, Float64Array>(
    graph.states.map(({ name }) => [name, new Float64Array(model.hiddenSize)]),
  );
  return Array.from({ length: steps }, (_, t) => {
    const row = batch.stepOffsets[t] + b;
    const values = evaluateStep(graph, rowOf(batch.input, row), states, operations);
    states = new Map(graph.states.map(({ name, node }) => [name, values[node]]));
    const h = states.get("h") as Float64Array;
    const target = rowOf(batch.target, row);
    const { slope: error } = rowNll(model.output, affineRow([h], [W], bias), target, weights);
    const slope = h.map((_, i) => error.reduce((sum, e, k) => sum + e * W[i * readoutSize + k], 0));
    return { values, slope };
  });
}

/** |∂NLL_t / ∂s_(t−k)| for k = 0 … lags. */
function backward(
  model: Model,
  weights: ReadonlyMap<string, Float64Array>,
  steps: readonly Step[],
  t: number,
  lags: number,
): number[] {
  const { graph } = model.cell;
  const { values: program, previous } = derivative(graph);
  const zero = () => new Float64Array(model.hiddenSize);
  let reaching = new Map(
    graph.states.map(({ name }) => [name, name === "h" ? steps[t].slope : zero()]),
  );
  const norms = [normOf(reaching)];
  for (let k = 0; k < lags; k++) {
    const values = [...steps[t - k].values];
    for (const value of program) values.push(backwardValue(value, values, reaching, weights, zero));
    reaching = new Map(
      graph.states.map(({ name }) => {
        const at = previous.get(name);
        return [name, at === undefined ? zero() : values[at]];
      }),
    );
    norms.push(normOf(reaching));
  }
  return norms;
}

function backwardValue(
  value: BackwardValue,
  values: readonly Float64Array[],
  reaching: ReadonlyMap<string, Float64Array>,
  weights: ReadonlyMap<string, Float64Array>,
  zero: () => Float64Array,
): Float64Array {
  switch (value.op) {
    case "stateGradient":
      return reaching.get(value.state) as Float64Array;
    case "peephole":
      return values[value.inputs[0]].map(
        (v, j) => v * (weights.get(value.weight) as Float64Array)[j],
      );
    case "accumulate": {
      const out = value.base === undefined ? zero() : values[value.base].slice();
      for (const { source, weight } of value.products)
        addTransposed(out, values[source], weights.get(weight) as Float64Array);
      return out;
    }
    default: {
      const [a, b = a, c = a] = value.inputs.map((i) => values[i]);
      const { value: of } = operations[value.op];
      return a.map((v, j) => of(v, b[j], c[j], value.constant ?? 0));
    }
  }
}

/** out += g · Wᵀ */
function addTransposed(out: Float64Array, g: Float64Array, W: Float64Array): void {
  for (let i = 0; i < out.length; i++)
    for (let j = 0; j < g.length; j++) out[i] += g[j] * W[i * g.length + j];
}

const normOf = (states: ReadonlyMap<string, Float64Array>) =>
  Math.sqrt(
    [...states.values()].reduce((sum, state) => sum + state.reduce((s, v) => s + v * v, 0), 0),
  );

function rowOf(rows: Rows, row: number): Float64Array {
  if (rows.kind === "dense")
    return Float64Array.from(rows.values.subarray(row * rows.width, (row + 1) * rows.width));
  const out = new Float64Array(rows.width);
  for (const column of rows.columns.subarray(rows.offsets[row], rows.offsets[row + 1]))
    out[column] = 1;
  return out;
}
