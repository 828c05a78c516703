import type { Cell } from "../cells/cell.js";
import { GatedRnnError } from "../errors.js";
import { outputParameters } from "../outputs/graph.js";
import type { SafeTensors, Tensor } from "../train/safetensors.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { fused, type GateOrder, layersOf, orderOf, parted } from "./gates.js";
import { type Imported, type ImportOptions, importedModel, vectorOf } from "./imported.js";

/** torch.nn.RNN, LSTM and GRU; their z keeps the old state, where ours lets the new one in. */
const orders: Readonly<Record<string, GateOrder>> = {
  tanh: [{ letter: "h" }],
  "lstm-no-peepholes": ["i", "f", "c", "o"].map((letter) => ({ letter })),
  "gru-after": [{ letter: "r" }, { letter: "z", isTurned: true }, { letter: "c", apart: "m" }],
};

const refusals: Readonly<Record<string, string>> = {
  gru: "torch.nn.GRU applies the reset gate after the recurrent product; train gru-after for it",
  lstm: "torch.nn.LSTM has no peepholes; train lstm-no-peepholes for it",
};

/**
 * A trained model in PyTorch's conventions: the state of a module with `rnn = torch.nn.RNN`, `LSTM` or `GRU(inputs, hidden, layers)` and
 * `output = torch.nn.Linear(hidden, readouts)`, so that `load_state_dict(safetensors.torch.load_file(file))` takes it. PyTorch keeps weight
 * matrices as [what they make, what they read], gates below one another (r, z, n; i, f, g, o), and two biases. Ours are the first of them;
 * the second is zero but for the GRU's n, whose two do not add up: the reset gate stands between them. The GRU's z has its signs turned.
 *
 * @throws GatedRnnError `usage` for a cell that PyTorch does not have: what it calls by the same name computes something else
 */
export function pytorchWeights({ model, parameters, data, run }: TrainedModel): SafeTensors {
  const { hiddenSize, output } = model;
  const layers = layersOf(model);
  const order = orderOf("pytorch", orders, refusals, onlyCell(model.cell));
  const tensors = new Map<string, Tensor>();
  layers.forEach((layer, k) => {
    const made = order.length * hiddenSize;
    const put = (name: string, part: Parameters<typeof fused>[3], reads: number) =>
      tensors.set(`rnn.${name}_l${k}`, {
        shape: name.startsWith("bias") ? [made] : [made, reads],
        values: fused(parameters, layer, order, part, {
          ...{ reads, hiddenSize },
          as: "below one another",
        }),
      });
    put("weight_ih", "input", layer.reads);
    put("weight_hh", "recurrent", hiddenSize);
    put("bias_ih", "bias", 1);
    put("bias_hh", "recurrentBias", 1);
  });
  const of = (name: string) => parameters.get(name) as Float32Array;
  tensors.set("output.weight", turned(of("W_y"), hiddenSize, output.readoutSize));
  tensors.set("output.bias", { shape: [output.readoutSize], values: of("b_y") });
  for (const { name, shape } of outputParameters(output.graph))
    tensors.set(`output.${name}`, { shape: [...shape], values: of(name) });
  return { tensors, metadata: { format: "pt", data, run } };
}

/**
 * A model from the state of PyTorch's modules: one RNN, LSTM or GRU of any number of layers, and one Linear on its hidden state; whatever
 * they are called. Nothing is lost but what cannot be told apart: biases of a gate that only add up come as their sum, rounded once.
 *
 * @param options cell: tanh, lstm-no-peepholes or gru-after; layers are stacked by themselves
 * @throws GatedRnnError `usage` for a cell that PyTorch does not have, tensors that are missing or of other shapes, both directions, projections
 */
export function importPytorch(
  { tensors }: Pick<SafeTensors, "tensors">,
  { cell, output }: ImportOptions,
): Imported {
  const fail = (problem: string): never => {
    throw new GatedRnnError("usage", `pytorch: ${problem}`);
  };
  const base = onlyCell(cell);
  const order = orderOf("pytorch", orders, refusals, base);
  const odd = [...tensors.keys()].find((name) => /_l\d+_reverse$|weight_hr_l\d+$/.test(name));
  if (odd) fail(`expected one direction and no projection, got ${odd}`);
  const firsts = [...tensors.keys()].filter((name) => name.endsWith("weight_ih_l0"));
  if (firsts.length !== 1)
    fail(`expected one recurrent module's weight_ih_l0, got ${firsts.join(", ") || "none"}`);
  const prefix = firsts[0].slice(0, -"weight_ih_l0".length);
  const recurrent = [...tensors.keys()].filter((n) => /(weight|bias)_(ih|hh)_l\d+$/.test(n));
  const count = 1 + Math.max(...recurrent.map((name) => Number(/\d+$/.exec(name))));
  const { shape: first } = tensors.get(firsts[0]) as Tensor;
  const hiddenSize = first[0] / order.length;
  if (first.length !== 2 || !Number.isInteger(hiddenSize))
    fail(`expected ${firsts[0]} of ${order.length} gates of ${base.name}, got [${first}]`);
  const tensor = (name: string, shape: readonly number[]): Float32Array => {
    const found = tensors.get(name);
    if (!found && name.includes("bias")) return new Float32Array(shape[0]); // bias=False
    if (found?.shape.join() !== shape.join())
      fail(
        `expected ${name} [${shape.join(", ")}], got ${found ? `[${found.shape.join(", ")}]` : "none"}`,
      );
    return (found as Tensor).values;
  };
  tensor(`${prefix}weight_hh_l0`, [first[0], hiddenSize]); // other gates than the cell's have another width
  const linear = [...tensors].filter(
    ([name, { shape }]) => name.endsWith("weight") && shape.length === 2 && shape[1] === hiddenSize,
  );
  if (linear.length !== 1)
    fail(
      `expected one Linear's weight [readouts, ${hiddenSize}], got ${linear.map(([n]) => n).join(", ") || "none"}`,
    );
  const [[linearName, { shape: readout, values: readoutWeight }]] = linear;
  const imported = importedModel("pytorch", {
    ...{ cell, layers: count, inputSize: first[1], hiddenSize },
    ...{ readoutSize: readout[0], output },
  });
  const { model, parameters } = imported;
  layersOf(model).forEach((layer, k) => {
    const made = order.length * hiddenSize;
    const take = (name: string, part: Parameters<typeof parted>[3], reads: number) => {
      const shape = name.startsWith("bias") ? [made] : [made, reads];
      const values = tensor(`${prefix}${name}_l${k}`, shape);
      return parted(values, layer, order, part, { reads, hiddenSize, as: "below one another" });
    };
    for (const [name, values] of [
      ...take("weight_ih", "input", layer.reads),
      ...take("weight_hh", "recurrent", hiddenSize),
      ...take("bias_ih", "bias", 1),
    ])
      parameters.set(name, values);
    const second = tensor(`${prefix}bias_hh_l${k}`, [made]);
    for (const [name, values] of parted(second, layer, order, "recurrentBias", {
      ...{ reads: 1, hiddenSize },
      as: "below one another",
    }))
      parameters.set(name, values);
    order.forEach((gate, g) => {
      if (gate.apart !== undefined) return;
      const sign = gate.isTurned ? -1 : 1;
      const bias = vectorOf(parameters, layer.name(`b_${gate.letter}`));
      bias.forEach((value, j) => {
        bias[j] = value + sign * second[g * hiddenSize + j];
      });
    });
  });
  parameters.set("W_y", turned(readoutWeight, readout[0], hiddenSize).values);
  parameters.set("b_y", tensor(linearName.replace(/weight$/, "bias"), [readout[0]]));
  for (const { name, shape } of outputParameters(model.output.graph))
    parameters.set(name, tensor(linearName.replace(/weight$/, name), shape));
  return imported;
}

/** What all layers are. */
function onlyCell(cell: Cell): Cell {
  const [first, ...others] = cell.layers ?? [cell];
  if (others.every(({ name }) => name === first.name)) return first;
  throw new GatedRnnError(
    "usage",
    `pytorch: expected layers of one cell, got ${cell.name}; torch.nn's layers are all alike`,
  );
}

/** [rows, columns] → [columns, rows]. */
function turned(values: Float32Array, rows: number, columns: number): Tensor {
  const out = new Float32Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j];
  return { shape: [columns, rows], values: out };
}
