import { operations } from "../compile/ops.js";
import { rowDerivative } from "../compile/row-derivative.js";
import { isRowOp, rowOperations } from "../compile/row-ops.js";
import { GatedRnnError } from "../errors.js";
import type { Generator } from "../random/generator.js";
import { draws } from "./draws.js";
import type { Draw, SlopeNode } from "./graph.js";
import type { Output } from "./output.js";

/** NLL of one target row given a readout row, in nats, and its gradient by the readout, in double precision. */
export function rowNll(
  { graph }: Output,
  readout: Float64Array,
  target: Float64Array,
): { readonly nll: number; readonly slope: Float64Array } {
  const { nodes, slope } = rowDerivative(graph);
  const value = valuesOf([...graph.nodes, ...nodes], readout, target);
  return { nll: value(graph.nll)[0], slope: value(slope) };
}

/**
 * A target row drawn from the distribution that a readout row stands for: [target size] in double precision, keys and an index as
 * ones among zeros.
 *
 * @param temperature 1: the distribution itself; lower is more careful, 0 takes the likeliest
 * @throws GatedRnnError `usage` for an output whose equations have no sample
 */
export function sampleRow(
  { name, graph, targetSize }: Output,
  readout: Float32Array | Float64Array,
  random: Generator,
  temperature = 1,
): Float64Array {
  if (graph.sample === undefined)
    throw new GatedRnnError(
      "usage",
      `sampling: expected an output that can be drawn from, got ${name}; return { nll, sample: … } from its equations`,
    );
  const draw = (op: Draw, inputs: readonly Float64Array[]) =>
    draws[op](inputs[0], inputs[1], random, temperature);
  return valuesOf(
    graph.nodes,
    Float64Array.from(readout),
    new Float64Array(targetSize),
    draw,
  )(graph.sample);
}

/** The value of a node, computed when it is asked for, and once. */
function valuesOf(
  nodes: readonly SlopeNode[],
  readout: Float64Array,
  target: Float64Array,
  draw?: (op: Draw, inputs: readonly Float64Array[]) => Float64Array,
): (node: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  const compute = (i: number): Float64Array => {
    const { op, inputs, shape, constant = 0, first = 0 } = nodes[i];
    if (op === "readout") return readout;
    if (op === "target") return target;
    const values = inputs.map(value);
    if (op in draws) return (draw as NonNullable<typeof draw>)(op as Draw, values);
    if (isRowOp(op)) {
      const context = { from: nodes[inputs[0]].shape, to: shape, first, target };
      return rowOperations[op].value(values[0], context);
    }
    const [a, b = a, c = a] = values;
    const of = operations[op as keyof typeof operations].value;
    return Float64Array.from({ length: shape[0] * shape[1] }, (_, j) =>
      of(a?.[j], b?.[j], c?.[j], constant),
    );
  };
  const value = (i: number): Float64Array => {
    const found = known.get(i) ?? compute(i);
    known.set(i, found);
    return found;
  };
  return value;
}
