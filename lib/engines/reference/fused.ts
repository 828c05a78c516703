import type * as tf from "@tensorflow/tfjs";
import type { Batch } from "../../data/batch.js";
import type { Model } from "../../model/model.js";
import type { Tensorflow, Tensors } from "./forward.js";

/** What is used of tfjs-node's backend, which publishes no types for its constants. */
interface TensorflowBackend {
  readonly binding: Readonly<
    Record<"TF_ATTR_TYPE" | "TF_ATTR_FLOAT" | "TF_ATTR_BOOL" | "TF_FLOAT", number>
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly object[],
    inputs: readonly unknown[],
    outputs: number,
  ): tf.Tensor[];
}

/** The order of the gates in BlockLSTM's matrix. */
const gates = ["i", "c", "f", "o"] as const;

/**
 * h of all steps, [rows, hidden], of the library's LSTM, by TensorFlow's fused ops BlockLSTM and BlockLSTMGrad: one call for the whole time loop, and one for its
 * derivative. Their convention is ours (peepholes V_i and V_f on the old memory, V_o on the new one) once the forget bias that they add is
 * 0 and their clipping of the memory is off. Sequences that have ended go on over zeros, and what they make then is not read.
 *
 * @param int64 makes the 64-bit number of steps that the op asks for, a type that TensorFlow.js does not have
 */
export function fusedLstm(
  t: Tensorflow,
  model: Model,
  parameters: Tensors,
  batch: Batch,
  input: tf.Tensor2D,
  int64: (value: number) => unknown,
): tf.Tensor2D {
  const { time, size } = batch;
  const { hiddenSize, inputSize } = model;
  const backend = t.backend() as unknown as TensorflowBackend;
  const { binding } = backend;
  const type = { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const peepholes = { name: "use_peephole", type: binding.TF_ATTR_BOOL, value: true };
  const attributes = [
    type,
    { name: "forget_bias", type: binding.TF_ATTR_FLOAT, value: 0 },
    { name: "cell_clip", type: binding.TF_ATTR_FLOAT, value: -1 },
    peepholes,
  ];
  const rows = batch.stepOffsets[time];
  const x = t.reshape(t.gather(t.concat([input, t.zeros([1, inputSize])]), paddedRows(t, batch)), [
    time,
    size,
    inputSize,
  ]);
  const zero = t.zeros([size, hiddenSize]);
  const parameter = (name: string) => parameters.get(name) as tf.Tensor;
  const matrix = t.concat(
    gates.map((gate) => t.concat([parameter(`W_${gate}`), parameter(`U_${gate}`)], 0)),
    1,
  );
  const bias = t.concat(gates.map((gate) => parameter(`b_${gate}`)));
  const fused = t.customGrad((...args: unknown[]) => {
    const weights = args.slice(0, 5) as tf.Tensor[];
    const save = args[5] as (saved: tf.Tensor[]) => void;
    const inputs = [int64(time), x, zero, zero, ...weights];
    const outputs = backend.executeMultipleOutputs("BlockLSTM", attributes, inputs, 7);
    const h = outputs[6];
    save([x, zero, zero, ...weights, ...outputs]); // tensors of the forward pass are gone when its derivative is asked for
    const gradFunc = (dh: tf.Tensor, saved: tf.Tensor[]) => {
      const all = [int64(time), ...saved, t.zeros([time, size, hiddenSize]), dh];
      const slopes = backend.executeMultipleOutputs("BlockLSTMGrad", [type, peepholes], all, 8);
      t.dispose(slopes.slice(0, 3)); // of the input and of the state before the first step
      return slopes.slice(3);
    };
    return { value: h, gradFunc };
  });
  const h = fused(matrix, parameter("V_i"), parameter("V_f"), parameter("V_o"), bias);
  const read = new Int32Array(rows);
  for (let step = 0; step < time; step++)
    for (let r = batch.stepOffsets[step]; r < batch.stepOffsets[step + 1]; r++)
      read[r] = step * size + (r - batch.stepOffsets[step]);
  return t.gather(
    t.reshape(h, [time * size, hiddenSize]),
    t.tensor1d(read, "int32"),
  ) as tf.Tensor2D;
}

/** [time × size] the packed row of each sequence at each step; the row behind the last, of zeros, where it has ended. */
function paddedRows(t: Tensorflow, { time, size, stepOffsets }: Batch): tf.Tensor1D {
  const padded = new Int32Array(time * size).fill(stepOffsets[time]);
  for (let step = 0; step < time; step++)
    for (let r = stepOffsets[step]; r < stepOffsets[step + 1]; r++)
      padded[step * size + (r - stepOffsets[step])] = r;
  return t.tensor1d(padded, "int32");
}

/**
 * h of all steps, [rows, hidden], of the library's GRU, by TensorFlow's fused ops GRUBlockCell and GRUBlockCellGrad, a call a step. Their update gate keeps the
 * old state where ours (and the paper's) overwrites it: σ(−a) = 1 − σ(a), so its weights and bias go in negated.
 */
export function fusedGru(
  t: Tensorflow,
  model: Model,
  parameters: Tensors,
  batch: Batch,
  input: tf.Tensor2D,
): tf.Tensor2D {
  const backend = t.backend() as unknown as TensorflowBackend;
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT };
  const parameter = (name: string) => parameters.get(name) as tf.Tensor;
  const stacked = (gate: string) =>
    t.concat([parameter(`W_${gate}`), parameter(`U_${gate}`)], 0) as tf.Tensor2D;
  const weights = [
    t.concat([stacked("r"), t.neg(stacked("z"))], 1),
    stacked("c"),
    t.concat([parameter("b_r"), t.neg(parameter("b_z"))]),
    parameter("b_c"),
  ];
  const step = (x: tf.Tensor2D, previous: tf.Tensor2D) =>
    t.customGrad((...args: unknown[]) => {
      const read = args.slice(0, 5) as tf.Tensor[];
      const save = args[5] as (saved: tf.Tensor[]) => void;
      const outputs = backend.executeMultipleOutputs("GRUBlockCell", [type], [x, ...read], 4);
      save([x, ...read, ...outputs.slice(0, 3)]);
      const gradFunc = (dh: tf.Tensor, saved: tf.Tensor[]) => {
        const [, dPrevious, dCandidate, dGates] = backend.executeMultipleOutputs(
          "GRUBlockCellGrad",
          [type],
          [...saved, dh],
          4,
        );
        const [seen, before, , , , , r] = saved;
        const transposed = (hidden: tf.Tensor) =>
          t.transpose(t.concat([seen as tf.Tensor2D, hidden as tf.Tensor2D], 1));
        return [
          dPrevious,
          t.matMul(transposed(before), dGates),
          t.matMul(transposed(t.mul(r, before)), dCandidate),
          t.sum(dGates, 0),
          t.sum(dCandidate, 0),
        ];
      };
      return { value: outputs[3], gradFunc };
    })(previous, ...weights) as tf.Tensor2D;
  let h = t.zeros([batch.size, model.hiddenSize]) as tf.Tensor2D;
  const hidden: tf.Tensor2D[] = [];
  for (let k = 0; k < batch.time; k++) {
    const first = batch.stepOffsets[k];
    const rows = batch.stepOffsets[k + 1] - first;
    h = step(
      t.slice(input, [first, 0], [rows, -1]),
      h.shape[0] === rows ? h : t.slice(h, [0, 0], [rows, -1]),
    );
    hidden.push(h);
  }
  return t.concat2d(hidden, 0);
}
