import { GatedRnnError } from "../errors.js";
import { outputParameters } from "../outputs/graph.js";
import type { SafeTensors, Tensor } from "../train/safetensors.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { fused, type GateOrder, layersOf, orderOf, parted } from "./gates.js";
import { type Imported, type ImportOptions, importedModel, vectorOf } from "./imported.js";

/** keras.layers.SimpleRNN, LSTM and GRU, the last with reset_after=True (gru-after) or False (gru, the paper's). */
const orders: Readonly<Record<string, GateOrder>> = {
  tanh: [{ letter: "h" }],
  "lstm-no-peepholes": ["i", "f", "c", "o"].map((letter) => ({ letter })),
  "gru-after": [{ letter: "z", isTurned: true }, { letter: "r" }, { letter: "c", apart: "m" }],
  gru: [{ letter: "z", isTurned: true }, { letter: "r" }, { letter: "c" }],
};

const refusals: Readonly<Record<string, string>> = {
  lstm: "keras.layers.LSTM has no peepholes; train lstm-no-peepholes for it",
};

const layerTitle = (k: number) => (k === 0 ? "rnn" : `rnn_${k}`);
const hasTwoBiases = (order: GateOrder) => order.some(({ apart }) => apart !== undefined);

/**
 * A trained model in Keras' conventions: for every layer `kernel` [what it reads, gates · hidden], `recurrent_kernel` and `bias`, gates side
 * by side (z, r, h; i, f, c, o), under the names `rnn/kernel`, `rnn_1/kernel`, …, then `output/kernel` and `output/bias`. In Python:
 * `layer.set_weights([w[f"rnn/{n}"] for n in ("kernel", "recurrent_kernel", "bias")])`. The GRU's z has its signs turned; with
 * `reset_after` its bias is [2, gates · hidden], the second row zero but for the candidate's.
 *
 * @throws GatedRnnError `usage` for a cell that Keras does not have
 */
export function kerasWeights({ model, parameters, data, run }: TrainedModel): SafeTensors {
  const { hiddenSize, output } = model;
  const tensors = new Map<string, Tensor>();
  layersOf(model).forEach((layer, k) => {
    const order = orderOf("keras", orders, refusals, layer.cell);
    const made = order.length * hiddenSize;
    const part = (of: Parameters<typeof fused>[3], reads: number) =>
      fused(parameters, layer, order, of, { reads, hiddenSize, as: "side by side" });
    const title = layerTitle(k);
    tensors.set(`${title}/kernel`, {
      shape: [layer.reads, made],
      values: part("input", layer.reads),
    });
    tensors.set(`${title}/recurrent_kernel`, {
      shape: [hiddenSize, made],
      values: part("recurrent", hiddenSize),
    });
    const bias = part("bias", 1);
    const two = Float32Array.from([...bias, ...part("recurrentBias", 1)]);
    tensors.set(
      `${title}/bias`,
      hasTwoBiases(order) ? { shape: [2, made], values: two } : { shape: [made], values: bias },
    );
  });
  const of = (name: string) => parameters.get(name) as Float32Array;
  tensors.set("output/kernel", { shape: [hiddenSize, output.readoutSize], values: of("W_y") });
  tensors.set("output/bias", { shape: [output.readoutSize], values: of("b_y") });
  for (const { name, shape } of outputParameters(output.graph))
    tensors.set(`output/${name}`, { shape: [...shape], values: of(name) });
  return { tensors, metadata: { format: "keras", data, run } };
}

/**
 * A model from Keras' weights under the names that `kerasWeights` gives them. Biases of a gate that only add up come as their sum.
 *
 * @param options cell: tanh, lstm-no-peepholes, gru-after (reset_after=True) or gru (reset_after=False), or a stack of them
 * @throws GatedRnnError `usage` for a cell that Keras does not have, tensors that are missing or of other shapes
 */
export function importKeras(
  { tensors }: Pick<SafeTensors, "tensors">,
  { cell, output }: ImportOptions,
): Imported {
  const tensor = (name: string, shape?: readonly number[]): Tensor => {
    const found = tensors.get(name);
    if (found && (shape === undefined || found.shape.join() === shape.join())) return found;
    const expected = shape ? `${name} [${shape.join(", ")}]` : name;
    throw new GatedRnnError(
      "usage",
      `keras: expected ${expected}, got ${found ? `[${found.shape.join(", ")}]` : "none"}`,
    );
  };
  let count = 1;
  while (tensors.has(`${layerTitle(count)}/kernel`)) count += 1;
  const [hiddenSize, readoutSize] = tensor("output/kernel").shape;
  const imported = importedModel("keras", {
    ...{ cell, layers: count, inputSize: tensor("rnn/kernel").shape[0] },
    ...{ hiddenSize, readoutSize, output },
  });
  const { model, parameters } = imported;
  layersOf(model).forEach((layer, k) => {
    const order = orderOf("keras", orders, refusals, layer.cell);
    const made = order.length * hiddenSize;
    const title = layerTitle(k);
    const biases = tensor(`${title}/bias`, hasTwoBiases(order) ? [2, made] : [made]).values;
    const take = (of: Parameters<typeof parted>[3], values: Float32Array, reads: number) => {
      for (const [name, own] of parted(values, layer, order, of, {
        ...{ reads, hiddenSize },
        as: "side by side",
      }))
        parameters.set(name, own);
    };
    take("input", tensor(`${title}/kernel`, [layer.reads, made]).values, layer.reads);
    take("recurrent", tensor(`${title}/recurrent_kernel`, [hiddenSize, made]).values, hiddenSize);
    take("bias", biases.subarray(0, made), 1);
    if (!hasTwoBiases(order)) return;
    const second = biases.subarray(made);
    take("recurrentBias", second, 1);
    order.forEach(({ letter, isTurned, apart }, g) => {
      const bias = vectorOf(parameters, layer.name(`b_${letter}`));
      if (apart === undefined)
        bias.forEach((value, j) => {
          bias[j] = value + (isTurned ? -1 : 1) * second[g * hiddenSize + j];
        });
    });
  });
  parameters.set("W_y", tensor("output/kernel").values);
  parameters.set("b_y", tensor("output/bias", [readoutSize]).values);
  for (const { name, shape } of outputParameters(model.output.graph))
    parameters.set(name, tensor(`output/${name}`, shape).values);
  return imported;
}
