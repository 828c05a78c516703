import { inputsOf } from "../cells/graph.js";
import { GatedRnnError } from "../errors.js";
import { outputParameters } from "../outputs/graph.js";
import { codeVersion } from "../train/provenance.js";
import type { TrainedModel } from "../train/weights-bytes.js";
import { fused, type GateOrder, type Layer, layersOf } from "./gates.js";
import { type GraphParts, graph, indices, modelFile, node, tensor, value } from "./onnx-graph.js";
import { encodeMessage, type Message } from "./protobuf.js";

/** ONNX's fused layers. Its z keeps the old state; its LSTM's output gate sees the new memory, as the paper's does. */
const operators: Readonly<
  Record<string, { readonly operator: string; readonly order: GateOrder }>
> = {
  tanh: { operator: "RNN", order: [{ letter: "h" }] },
  gru: {
    operator: "GRU",
    order: [{ letter: "z", isTurned: true }, { letter: "r" }, { letter: "c" }],
  },
  "gru-after": {
    operator: "GRU",
    order: [{ letter: "z", isTurned: true }, { letter: "r" }, { letter: "c", apart: "m" }],
  },
  lstm: { operator: "LSTM", order: ["i", "o", "f", "c"].map((letter) => ({ letter })) },
  "lstm-no-peepholes": {
    operator: "LSTM",
    order: ["i", "o", "f", "c"].map((letter) => ({ letter })),
  },
};

/** What the exported network reads and returns. */
export interface OnnxOptions {
  /** Whether states go in and come out too, for live use: `h` in, `h_after` out, and so on; default false: they begin at zero. */
  readonly states?: boolean;
}

/**
 * A trained model as an ONNX file: `input` [time, batch, input size] in, `readout` [time, batch, readout size] out (the output layer's
 * numbers, see `Output`), time and batch of any size. tanh, LSTM and GRU become ONNX's own layers, stacks one after another; every other
 * cell becomes a Scan over its equations. Parameters of an output itself (NADE's W and V) come out under their names, for whoever
 * reads the readout.
 *
 * @returns the bytes of the file
 * @throws GatedRnnError `usage` for a cell with an operation that ONNX has not
 */
export function onnxModel(
  { model, parameters, data, run }: TrainedModel,
  { states = false }: OnnxOptions = {},
): Uint8Array {
  const parts = { nodes: [], tensors: [], inputs: [], outputs: [] } as Record<
    keyof GraphParts,
    Message[]
  >;
  const { inputSize, hiddenSize, output } = model;
  parts.inputs.push(value("input", ["time", "batch", inputSize]));
  let reads = "input";
  layersOf(model).forEach((layer, k) => {
    const known = Object.hasOwn(operators, layer.cell.name);
    const add = known ? addFused : addScan;
    reads = add(parts, { parameters, hiddenSize, states }, layer, k, reads);
  });
  const weight = (name: string) => parameters.get(name) as Float32Array;
  const { readoutSize } = output;
  parts.tensors.push(tensor("W_y", [hiddenSize, readoutSize], weight("W_y")));
  parts.tensors.push(tensor("b_y", [readoutSize], weight("b_y")));
  parts.nodes.push(node("MatMul", [reads, "W_y"], ["product_y"]));
  parts.nodes.push(node("Add", ["product_y", "b_y"], ["readout"]));
  parts.outputs.unshift(value("readout", ["time", "batch", readoutSize]));
  for (const { name, shape } of outputParameters(output.graph)) {
    parts.tensors.push(tensor(`output_${name}`, [...shape], weight(name)));
    parts.nodes.push(node("Identity", [`output_${name}`], [name]));
    parts.outputs.push(value(name, [...shape]));
  }
  const notes = { cell: model.cell.name, output: output.name, data, run };
  const producer = { name: "gated-rnn", version: codeVersion().version };
  return encodeMessage(modelFile(graph("gated-rnn", parts), producer, notes));
}

type Parts = Record<keyof GraphParts, Message[]>;
interface Content {
  readonly parameters: TrainedModel["parameters"];
  readonly hiddenSize: number;
  readonly states: boolean;
}

/** A layer as ONNX's own. Returns the name of its hidden states, [time, batch, hidden]. */
function addFused(
  { nodes, tensors, inputs, outputs }: Parts,
  { parameters, hiddenSize, states }: Content,
  layer: Layer,
  k: number,
  reads: string,
): string {
  const { operator, order } = operators[layer.cell.name];
  const own = (name: string) => `${name}_${k}`;
  const made = order.length * hiddenSize;
  const part = (of: Parameters<typeof fused>[3], width: number) =>
    fused(parameters, layer, order, of, {
      ...{ reads: width, hiddenSize },
      as: "below one another",
    });
  const bias = [...part("bias", 1), ...part("recurrentBias", 1)];
  tensors.push(
    tensor(own("W"), [1, made, layer.reads], part("input", layer.reads)),
    tensor(own("R"), [1, made, hiddenSize], part("recurrent", hiddenSize)),
    tensor(own("B"), [1, 2 * made], Float32Array.from(bias)),
    indices(own("direction"), [1]),
  );
  const isLstm = operator === "LSTM";
  const kept = isLstm ? ["h", "c"] : ["h"];
  const given = kept.map((state) => (states ? own(state) : ""));
  const peepholes = layer.cell.name === "lstm" ? own("P") : "";
  if (peepholes !== "") {
    const of = (letter: string) => parameters.get(layer.name(`V_${letter}`)) as Float32Array;
    const all = ["i", "o", "f"].flatMap((letter) => [...of(letter)]);
    tensors.push(tensor(peepholes, [1, 3 * hiddenSize], Float32Array.from(all)));
  }
  const after = kept.map((state) => (states ? own(`${state}_after`) : ""));
  nodes.push(
    node(
      operator,
      [reads, own("W"), own("R"), own("B"), "", ...given, ...(isLstm ? [peepholes] : [])],
      [own("all"), ...after],
      {
        hidden_size: hiddenSize,
        ...(operator === "GRU"
          ? { linear_before_reset: Number(layer.cell.name === "gru-after") }
          : {}),
      },
    ),
    node("Squeeze", [own("all"), own("direction")], [own("hidden")]),
  );
  if (states)
    kept.forEach((_, i) => {
      inputs.push(value(given[i], [1, "batch", hiddenSize]));
      outputs.push(value(after[i], [1, "batch", hiddenSize]));
    });
  return own("hidden");
}

/** Element-wise words as ONNX's operators; those with a constant read it as a second input. */
const words: Readonly<Record<string, string>> = {
  ...{ sigmoid: "Sigmoid", tanh: "Tanh", relu: "Relu", exp: "Exp", log: "Log", sqrt: "Sqrt" },
  ...{ softplus: "Softplus", absolute: "Abs", negate: "Neg", plus: "Add", minus: "Sub" },
  ...{ times: "Mul", divide: "Div", maximum: "Max", minimum: "Min" },
};

/** Any other cell as a Scan over time, whose body is the cell's graph. Returns the name of its hidden states. */
function addScan(
  { nodes, tensors, inputs, outputs }: Parts,
  { parameters, hiddenSize, states }: Content,
  layer: Layer,
  k: number,
  reads: string,
): string {
  const own = (name: string) => `${name}_${k}`;
  const at = (i: number) => own(`value_${i}`);
  const { graph: cellGraph } = layer.cell;
  const body: Message[] = [];
  const constants: Message[] = [];
  const emit = (operator: string, from: readonly string[], to: string) =>
    body.push(node(operator, from, [to]));
  const constant = (i: number, number: number) => {
    constants.push(tensor(own(`constant_${i}`), [1], Float32Array.of(number)));
    return own(`constant_${i}`);
  };
  const parameter = (name: string) => own(`parameter_${name}`);
  cellGraph.parameters.forEach(({ name, axes }) => {
    const size = { input: layer.reads, hidden: hiddenSize };
    const values = parameters.get(layer.name(name)) as Float32Array;
    tensors.push(
      tensor(
        parameter(name),
        axes.map((axis) => size[axis]),
        values,
      ),
    );
  });
  const nameOf = (i: number): string => {
    const { op, ...given } = cellGraph.nodes[i];
    if (op === "input") return own("x");
    return op === "previous" ? own(`${(given as { state: string }).state}_before`) : at(i);
  };
  for (const [i, of] of cellGraph.nodes.entries()) {
    const from = inputsOf(of).map(nameOf);
    switch (of.op) {
      case "input":
      case "previous":
        break;
      case "affine": {
        const terms = from.map((input, n) => {
          emit("MatMul", [input, parameter(of.weights[n])], `${at(i)}_product_${n}`);
          return `${at(i)}_product_${n}`;
        });
        if (of.bias !== undefined) terms.unshift(parameter(of.bias));
        const sum = terms.reduce((before, term, n) => {
          emit("Add", [before, term], `${at(i)}_sum_${n}`);
          return `${at(i)}_sum_${n}`;
        });
        emit("Identity", [sum], at(i));
        break;
      }
      case "peephole":
        emit("Mul", [from[0], parameter(of.weight)], at(i));
        break;
      case "constant":
        emit("Identity", [constant(i, of.constant ?? 0)], at(i));
        break;
      case "scale":
        emit("Mul", [from[0], constant(i, of.constant ?? 0)], at(i));
        break;
      case "shift":
        emit("Add", [from[0], constant(i, of.constant ?? 0)], at(i));
        break;
      case "square":
        emit("Mul", [from[0], from[0]], at(i));
        break;
      case "oneMinus":
        emit("Sub", [constant(i, 1), from[0]], at(i));
        break;
      default: {
        if (!Object.hasOwn(words, of.op))
          throw new GatedRnnError(
            "usage",
            `onnx: expected a cell of operations that ONNX has, got ${of.op} in ${layer.cell.name}`,
          );
        emit(words[of.op], from, at(i));
        break;
      }
    }
  }
  const names = cellGraph.states.map(({ name }) => name);
  const state = [...names.keys()].map((n) => own(`new_${n}`));
  cellGraph.states.forEach(({ node: i }, n) => {
    emit("Identity", [nameOf(i)], state[n]);
  });
  emit("Identity", [state[0]], own("h_now"));
  const row = ["batch", hiddenSize];
  const step = graph(own("step"), {
    nodes: body,
    tensors: constants,
    inputs: [
      ...names.map((name) => value(own(`${name}_before`), row)),
      value(own("x"), ["batch", layer.reads]),
    ],
    outputs: [...state.map((name) => value(name, row)), value(own("h_now"), row)],
  });
  const first = names.map((name) => own(name));
  const after = names.map((name) => own(`${name}_after`));
  if (states)
    names.forEach((_, n) => {
      inputs.push(value(first[n], row));
      outputs.push(value(after[n], row));
    });
  else {
    // zeros of [batch, hidden], by the batch's size at run time
    tensors.push(indices(own("hidden_size"), [hiddenSize]), indices(own("one"), [1]));
    tensors.push(indices(own("two"), [2]));
    nodes.push(
      node("Shape", [reads], [own("shape")]),
      node("Slice", [own("shape"), own("one"), own("two")], [own("batch_size")]),
      node("Concat", [own("batch_size"), own("hidden_size")], [own("row")], { axis: 0 }),
      node("ConstantOfShape", [own("row")], [own("zeros")]),
      ...first.map((name) => node("Identity", [own("zeros")], [name])),
    );
  }
  nodes.push(
    node("Scan", [...first, reads], [...after, own("hidden")], {
      body: { graph: step },
      num_scan_inputs: 1,
    }),
  );
  return own("hidden");
}
