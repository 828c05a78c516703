import { checkParameters } from "../engines/check.js";
import { GatedRnnError } from "../errors.js";
import type { SafeTensors, Tensor } from "./safetensors.js";
import type { TrainedModel } from "./weights.js";

/** Why a cell of the paper's has no counterpart among PyTorch's. */
const refusals: ReadonlyMap<string, string> = new Map([
  [
    "gru",
    "torch.nn.GRU applies the reset gate after the recurrent product and lets z keep the old state",
  ],
  ["lstm", "torch.nn.LSTM has no peepholes"],
]);

/**
 * A trained tanh model in PyTorch's conventions: the state of a module with `rnn = torch.nn.RNN(inputs, hidden)` and
 * `output = torch.nn.Linear(hidden, readouts)`, so that `load_state_dict(safetensors.torch.load_file(file))` takes it. PyTorch keeps weight
 * matrices as [what they make, what they read], and two biases, of which the second is zero here.
 *
 * @throws GatedRnnError `usage` for any other cell: what PyTorch calls by the same name computes something else
 */
export function pytorchWeights({ model, parameters, data, run }: TrainedModel): SafeTensors {
  const { cell, inputSize, hiddenSize, output } = model;
  if (cell.name !== "tanh") {
    const reason = refusals.get(cell.name) ?? "PyTorch has no such cell";
    throw new GatedRnnError(
      "usage",
      `pytorch: expected a tanh model, got ${cell.name}: ${reason}; use the weights with their own names instead`,
    );
  }
  checkParameters("pytorch", model, parameters);
  const of = (name: string) => parameters.get(name) as Float32Array;
  const readouts = output.readoutSize;
  return {
    tensors: new Map<string, Tensor>([
      ["rnn.weight_ih_l0", transposed(of("W_h"), inputSize, hiddenSize)],
      ["rnn.weight_hh_l0", transposed(of("U_h"), hiddenSize, hiddenSize)],
      ["rnn.bias_ih_l0", { shape: [hiddenSize], values: of("b_h") }],
      ["rnn.bias_hh_l0", { shape: [hiddenSize], values: new Float32Array(hiddenSize) }],
      ["output.weight", transposed(of("W_y"), hiddenSize, readouts)],
      ["output.bias", { shape: [readouts], values: of("b_y") }],
    ]),
    metadata: { format: "pt", data, run },
  };
}

/** [rows, columns] → [columns, rows]. */
function transposed(values: Float32Array, rows: number, columns: number): Tensor {
  const turned = new Float32Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j];
  return { shape: [columns, rows], values: turned };
}
