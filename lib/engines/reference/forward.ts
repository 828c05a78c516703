import type * as tf from "@tensorflow/tfjs";
import { evaluateStep, type Operations } from "../../cells/graph.js";
import { words } from "../../compile/ops.js";
import type { Batch, Rows } from "../../data/batch.js";
import type { Model } from "../../model/model.js";
import { nllOf } from "./likelihood.js";

export type Tensorflow = typeof tf;
export type Tensors = ReadonlyMap<string, tf.Tensor>;

/** A batch as TensorFlow.js tensors: input [rows, input], target [rows, target]. */
interface BatchTensors {
  readonly input: tf.Tensor2D;
  readonly target: tf.Tensor2D;
  /** [rows]; none: all 1. */
  readonly weights?: tf.Tensor1D;
}

export function batchTensors(t: Tensorflow, batch: Batch): BatchTensors {
  return {
    input: denseTensor(t, batch.input),
    target: denseTensor(t, batch.target),
    ...(batch.weights ? { weights: t.tensor1d(batch.weights) } : {}),
  };
}

function denseTensor(t: Tensorflow, rows: Rows): tf.Tensor2D {
  if (rows.kind === "dense")
    return t.tensor2d(rows.values, [rows.values.length / rows.width, rows.width]);
  const count = rows.offsets.length - 1;
  const values = new Float32Array(count * rows.width);
  for (let r = 0; r < count; r++)
    for (let k = rows.offsets[r]; k < rows.offsets[r + 1]; k++)
      values[r * rows.width + rows.columns[k]] = 1;
  return t.tensor2d(values, [count, rows.width]);
}

/**
 * The cell's graph over all steps of a batch, op by op, from a zero state. Calls `visit` with the value of every node at
 * every step; returns h of all steps, [rows, hidden]. Sequences that have ended leave the batch: step t computes only the
 * rows that are still running.
 */
export function hiddenStates(
  t: Tensorflow,
  model: Model,
  parameters: Tensors,
  batch: Batch,
  input: tf.Tensor2D,
  visit?: (values: tf.Tensor[]) => void,
): tf.Tensor2D {
  const { graph } = model.cell;
  let rows = 0;
  const operations = tensorOperations(t, parameters, () => [rows, model.hiddenSize]);
  let states = new Map<string, tf.Tensor>(
    graph.states.map(({ name }) => [name, t.zeros([batch.size, model.hiddenSize])]),
  );
  const hidden: tf.Tensor2D[] = [];
  for (let step = 0; step < batch.time; step++) {
    const first = batch.stepOffsets[step];
    rows = batch.stepOffsets[step + 1] - first;
    const running = new Map(
      [...states].map(([name, value]) => [
        name,
        value.shape[0] === rows ? value : t.slice(value, [0, 0], [rows, -1]),
      ]),
    );
    const values = evaluateStep<tf.Tensor>(
      graph,
      t.slice(input, [first, 0], [rows, -1]),
      running,
      operations,
    );
    visit?.(values);
    states = new Map(graph.states.map(({ name, node }) => [name, values[node]]));
    hidden.push(states.get("h") as tf.Tensor2D);
  }
  return t.concat2d(hidden, 0);
}

/** NLL of every row in nats, [rows], times its weight, of the readout y = h · W_y + b_y. */
export function nllPerRow(
  t: Tensorflow,
  model: Model,
  parameters: Tensors,
  hidden: tf.Tensor2D,
  { target, weights }: BatchTensors,
): tf.Tensor1D {
  const readout = t.add(product(t, hidden, tensor(parameters, "W_y")), tensor(parameters, "b_y"));
  const nll = nllOf(t, model.output, readout as tf.Tensor2D, target, parameters);
  return weights ? t.mul(nll, weights) : nll;
}

/** @param shape of a value of the step: [rows that are still running, hidden] */
function tensorOperations(
  t: Tensorflow,
  parameters: Tensors,
  shape: () => [number, number],
): Operations<tf.Tensor> {
  return {
    affine: (inputs, weights, bias) => {
      const products = inputs.map((x, k) => product(t, x, tensor(parameters, weights[k])));
      const begin = bias === undefined ? products.shift() : tensor(parameters, bias);
      const sum = products.reduce<tf.Tensor>((before, p) => t.add(p, before), begin as tf.Tensor);
      return inputs.length === 0 ? t.add(t.zeros(shape()), sum) : sum;
    },
    peephole: (input, weight) => t.mul(input, tensor(parameters, weight)),
    word: (op, inputs, constant) => words[op].tensorflow(t, inputs, constant),
  };
}

function tensor(parameters: Tensors, name: string): tf.Tensor {
  return parameters.get(name) as tf.Tensor;
}

/** a · b whose gradient transposes explicitly: the wasm backend's products with transposed operands are slow. */
function product(t: Tensorflow, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const transposing = t.customGrad((...args: unknown[]) => {
    const [x, w, save] = args as [tf.Tensor2D, tf.Tensor2D, (saved: tf.Tensor[]) => void];
    save([x, w]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => [
      t.matMul(dy, t.transpose(saved[1])),
      t.matMul(t.transpose(saved[0]), dy),
    ];
    return { value: t.matMul(x, w), gradFunc };
  });
  return transposing(a, b);
}
