import type { Cell } from "../cells/cell.js";
import { layerName } from "../cells/layer-name.js";
import { GatedRnnError } from "../errors.js";
import type { Model } from "../model/model.js";
import type { TrainingState } from "../model/state.js";

/** A gate as other libraries lay it down: side by side with the layer's other gates, in their order. */
interface Gate {
  /** W_, U_ and b_ have this letter. */
  readonly letter: string;
  /** Whether their gate is one minus ours: every sign is turned then, since 1 − σ(a) = σ(−a). */
  readonly isTurned?: boolean;
  /** Where the product with the state stands apart, with a bias of its own: the letter of U_ and of that bias. */
  readonly apart?: string;
}

/** In which order a library has a cell's gates. */
export type GateOrder = readonly Gate[];

/** A recurrent layer of a model. */
export interface Layer {
  readonly cell: Cell;
  /** Numbers that it reads: the input's, or the hidden size. */
  readonly reads: number;
  /** What a parameter of the cell is called in the model. */
  name(parameter: string): string;
}

/** A model's recurrent layers, the one that reads x first. */
export function layersOf({ cell, inputSize, hiddenSize }: Omit<Model, "parameters">): Layer[] {
  if (!cell.layers) return [{ cell, reads: inputSize, name: (parameter) => parameter }];
  return cell.layers.map((layer, k) => ({
    cell: layer,
    reads: k === 0 ? inputSize : hiddenSize,
    name: (parameter) => layerName(parameter, k + 1),
  }));
}

/** Their order of a layer's gates. @throws GatedRnnError `usage` for a cell that the library does not have, and why */
export function orderOf(
  library: string,
  orders: Readonly<Record<string, GateOrder>>,
  refusals: Readonly<Record<string, string>>,
  cell: Cell,
): GateOrder {
  const order = Object.hasOwn(orders, cell.name) ? orders[cell.name] : undefined;
  if (order) return order;
  const known = Object.keys(orders).join(", ");
  const why = refusals[cell.name] ?? `${library} has no such cell`;
  throw new GatedRnnError(
    "usage",
    `${library}: expected a model of ${known} or a stack of one of them, got ${cell.name}: ${why}`,
  );
}

type Part = "input" | "recurrent" | "bias" | "recurrentBias";

/** The parameter of a gate that a part of a fused layer holds; undefined: there is none, and zeros stand there. */
function parameterOf(part: Part, { letter, apart }: Gate): string | undefined {
  switch (part) {
    case "input":
      return `W_${letter}`;
    case "recurrent":
      return `U_${apart ?? letter}`;
    case "bias":
      return `b_${letter}`;
    case "recurrentBias":
      return apart && `b_${apart}`;
  }
}

/** How matrices of several gates lie together: side by side as [read, gates · made], or below one another as [gates · made, read]. */
type Arrangement = "side by side" | "below one another";

/**
 * The parameters of a layer's gates, in an order, as one array; vectors are matrices that read one number.
 *
 * @param reads rows of each gate's matrix: what it reads
 */
export function fused(
  parameters: TrainingState["parameters"],
  layer: Layer,
  order: GateOrder,
  part: Part,
  { reads, hiddenSize, as }: { reads: number; hiddenSize: number; as: Arrangement },
): Float32Array {
  const out = new Float32Array(order.length * hiddenSize * reads);
  order.forEach((gate, g) => {
    const name = parameterOf(part, gate);
    const values = name === undefined ? undefined : parameters.get(layer.name(name));
    values?.forEach((value, at) => {
      out[placeOf(at, g, order.length, { reads, hiddenSize, as })] = gate.isTurned ? -value : value;
    });
  });
  return out;
}

/** What `fused` has laid together, taken apart again: by parameter name in the model. */
export function parted(
  values: Float32Array,
  layer: Layer,
  order: GateOrder,
  part: Part,
  size: { reads: number; hiddenSize: number; as: Arrangement },
): Map<string, Float32Array> {
  const out = new Map<string, Float32Array>();
  order.forEach((gate, g) => {
    const name = parameterOf(part, gate);
    if (name === undefined) return;
    const own = Float32Array.from({ length: size.reads * size.hiddenSize }, (_, at) => {
      const value = values[placeOf(at, g, order.length, size)];
      return gate.isTurned ? -value : value;
    });
    out.set(layer.name(name), own);
  });
  return out;
}

/** Where number `at` of a gate's [read, made] matrix lies among all gates'. */
function placeOf(
  at: number,
  gate: number,
  gates: number,
  { reads, hiddenSize, as }: { reads: number; hiddenSize: number; as: Arrangement },
): number {
  const read = Math.floor(at / hiddenSize);
  const made = gate * hiddenSize + (at % hiddenSize);
  return as === "side by side" ? read * gates * hiddenSize + made : made * reads + read;
}
