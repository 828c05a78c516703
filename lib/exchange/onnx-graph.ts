import type { Message } from "./protobuf.js";

// ONNX's messages (onnx.proto3 of github.com/onnx/onnx), as far as a model of recurrent layers needs them: field numbers are theirs.

/** Versions: every runtime since 2021 reads them. */
const [irVersion, operatorSet] = [7, 14];

const types = { float: 1, int64: 7 } as const;
const attributeTypes = { int: 2, text: 3, graph: 5, ints: 7, texts: 8 } as const;

/** A dimension: a size, or the name of one that is known at run time. */
type Dimension = number | string;

export function tensor(name: string, shape: readonly number[], values: Float32Array): Message {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return { 1: [...shape], 2: types.float, 8: name, 9: bytes };
}

export function indices(name: string, values: readonly number[]): Message {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setBigInt64(8 * i, BigInt(value), true);
  });
  return { 1: values.length, 2: types.int64, 8: name, 9: bytes };
}

/** A float tensor that goes in or comes out. */
export function value(name: string, shape: readonly Dimension[]): Message {
  const dimensions = shape.map((d) => (typeof d === "number" ? { 1: d } : { 2: d }));
  return { 1: name, 2: { 1: { 1: types.float, 2: { 1: dimensions } } } };
}

type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly graph: Message };

/** A node: inputs that are not there are empty names. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): Message {
  return {
    1: [...inputs],
    2: [...outputs],
    3: outputs.find((name) => name !== "") ?? operator,
    4: operator,
    5: Object.entries(attributes).map(([name, content]) => attribute(name, content)),
  };
}

function attribute(name: string, content: Attribute): Message {
  if (typeof content === "number") return { 1: name, 3: content, 20: attributeTypes.int };
  if (typeof content === "string") return { 1: name, 4: content, 20: attributeTypes.text };
  if ("graph" in content) return { 1: name, 6: content.graph, 20: attributeTypes.graph };
  const list = content as readonly (number | string)[];
  if (typeof list[0] === "string") return { 1: name, 9: [...list], 20: attributeTypes.texts };
  return { 1: name, 8: [...list], 20: attributeTypes.ints };
}

export interface GraphParts {
  readonly nodes: readonly Message[];
  readonly tensors?: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

export function graph(name: string, { nodes, tensors = [], inputs, outputs }: GraphParts): Message {
  return { 1: [...nodes], 2: name, 5: [...tensors], 11: [...inputs], 12: [...outputs] };
}

/** A whole model file. `notes` are texts that its metadata holds. */
export function modelFile(
  of: Message,
  producer: { readonly name: string; readonly version: string },
  notes: Readonly<Record<string, string>>,
): Message {
  return {
    1: irVersion,
    2: producer.name,
    3: producer.version,
    7: of,
    8: { 1: "", 2: operatorSet },
    14: Object.entries(notes).map(([key, text]) => ({ 1: key, 2: text })),
  };
}
