import type * as tf from "@tensorflow/tfjs";
import { words } from "../../compile/ops.js";
import { isRowWord, rowWords } from "../../compile/row-ops.js";
import type { Output } from "../../outputs/index.js";

/**
 * NLL of every row in nats, [rows], of targets [rows, target] given readouts [rows, readout] and the output's own parameters, by the
 * output's equations.
 */
export function nllOf(
  t: typeof tf,
  { graph }: Output,
  readouts: tf.Tensor2D,
  targets: tf.Tensor2D,
  parameters: ReadonlyMap<string, tf.Tensor>,
): tf.Tensor1D {
  const [rows] = readouts.shape;
  const target = t.reshape(targets, [rows, 1, -1]) as tf.Tensor3D;
  const values = new Map<number, tf.Tensor>();
  const value = (i: number): tf.Tensor => {
    const found = values.get(i) ?? compute(i);
    values.set(i, found);
    return found;
  };
  const compute = (i: number): tf.Tensor => {
    const { op, inputs, shape, constant = 0, first = 0, name } = graph.nodes[i];
    if (op === "readout") return t.reshape(readouts, [rows, 1, -1]);
    if (op === "target") return target;
    if (op === "parameter") return t.expandDims(parameters.get(name as string) as tf.Tensor, 0);
    if (isRowWord(op)) {
      const from = graph.nodes[inputs[0]].shape;
      const a = value(inputs[0]) as tf.Tensor3D;
      return rowWords[op].tensorflow(t, a, { from, to: shape, first, target });
    }
    if (op === "constant") return t.fill([rows, ...shape], constant);
    return words[op as keyof typeof words].tensorflow(t, inputs.map(value), constant);
  };
  return t.reshape(value(graph.nll), [rows]);
}
