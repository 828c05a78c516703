import { operations } from "../compile/ops.js";
import { rowDerivative } from "../compile/row-derivative.js";
import { isRowOp, rowOperations } from "../compile/row-ops.js";
import { GatedRnnError } from "../errors.js";
import type { Generator } from "../random/generator.js";
import { drawnInTurn, type HeldSample } from "./chain.js";
import { draws, sounds } from "./draws.js";
import { type Chain, type Draw, isChain, outputParameters, type SlopeNode } from "./graph.js";
import type { Output } from "./output.js";

/** An output's own parameters by name, row-major; those of the cell and W_y and b_y may stand beside them. */
export type OutputWeights = ReadonlyMap<string, ArrayLike<number>>;

/** NLL of a step in nats, with its gradients. */
export interface RowNll {
  /** Of the target, in nats. */
  readonly nll: number;
  /** By the readout. */
  readonly slope: Float64Array;
  /** By the output's own parameters. */
  readonly parameters: ReadonlyMap<string, Float64Array>;
}

/**
 * NLL of one target row given a readout row, in nats, and its gradient by the readout and by the output's own parameters, in double
 * precision.
 *
 * @param weights of an output that has parameters of its own
 * @throws GatedRnnError `usage` where they are missing
 */
export function rowNll(
  output: Output,
  readout: Float64Array,
  target: Float64Array,
  weights?: OutputWeights,
): RowNll {
  const { graph } = output;
  const own = outputParameters(graph);
  const { nodes, slope, parameters } = rowDerivative(graph);
  const value = valuesOf([...graph.nodes, ...nodes], readout, target, ownWeights(output, weights));
  return {
    nll: value(graph.nll)[0],
    slope: value(slope),
    parameters: new Map(
      own.map(({ name, node, shape }) => {
        const gradient = parameters.get(node);
        return [
          name,
          gradient === undefined ? new Float64Array(shape[0] * shape[1]) : value(gradient),
        ];
      }),
    ),
  };
}

/**
 * The chance of every key to sound, [target size], given the keys that are drawn before it as the target has them: those of NADE, one
 * after the other, make up the chord's. Where keys are independent the target does not matter.
 *
 * @throws GatedRnnError `usage` for an output that draws no keys, or whose own parameters are missing
 */
export function keyChances(
  output: Output,
  readout: Float64Array,
  target: Float64Array,
  weights?: OutputWeights,
): Float64Array {
  const { nodes, sample } = output.graph;
  const draw = sample === undefined ? undefined : nodes[sample];
  if (output.target !== "keys" || !draw || !(draw.op === "chance" || isChain(draw.op)))
    throw new GatedRnnError("usage", `chances: expected an output of keys, got ${output.name}`);
  const value = valuesOf(nodes, readout, target, ownWeights(output, weights));
  return value(draw.inputs[0]).map((logit) => 1 / (1 + Math.exp(-logit)));
}

/** What is known of a draw beside the readout. */
export interface RowGiven {
  /** Of an output that has parameters of its own. */
  readonly weights?: OutputWeights | undefined;
  /** Targets of keys: 1 or 0 for a key that is held on or off, anything else (NaN) for one that is drawn. */
  readonly held?: ArrayLike<number> | undefined;
}

/**
 * A target row drawn from the distribution that a readout row stands for: [target size] in double precision, keys and an index as
 * ones among zeros.
 *
 * @param temperature 1: the distribution itself; lower is more careful, 0 takes the likeliest
 * @throws GatedRnnError `usage` for an output whose equations have no sample, or whose own parameters are missing
 */
export function sampleRow(
  output: Output,
  readout: Float32Array | Float64Array,
  random: Generator,
  temperature = 1,
  given: RowGiven = {},
): Float64Array {
  return heldSample(output, readout, random, temperature, given).target;
}

/**
 * The same, with the logarithm of the chance that the keys which are held would have been drawn so, each given the keys drawn before
 * it: the importance of the draw among several of the same readout. It is 0 where nothing is held.
 *
 * @throws GatedRnnError `usage` as `sampleRow`, and for held keys of a target of another kind
 */
export function heldSample(
  output: Output,
  readout: Float32Array | Float64Array,
  random: Generator,
  temperature = 1,
  { weights, held }: RowGiven = {},
): HeldSample {
  const { name, graph, targetSize } = output;
  if (graph.sample === undefined)
    throw new GatedRnnError(
      "usage",
      `sampling: expected an output that can be drawn from, got ${name}; return { nll, sample: … } from its equations`,
    );
  if (held && (output.target !== "keys" || held.length !== targetSize))
    throw new GatedRnnError(
      "usage",
      `sampling: expected ${targetSize} keys to hold, got ${held.length} for an output of ${output.target}`,
    );
  const own = ownWeights(output, weights);
  const y = Float64Array.from(readout);
  const logitsAt = (node: number) => (target: Float64Array) =>
    valuesOf(graph.nodes, y, target, own)(graph.nodes[node].inputs[0]);
  let logWeight = 0;
  const draw = (op: Draw, inputs: readonly Float64Array[], node: number) => {
    if (isChain(op) || (op === "chance" && held)) {
      const logits = op === "chance" ? () => inputs[0] : logitsAt(node);
      const isDownward = op === "downward";
      const key = (logit: number) => sounds(logit, random, temperature);
      const drawn = drawnInTurn(logits, targetSize, { isDownward, held, temperature, key });
      logWeight = drawn.logWeight;
      return drawn.target;
    }
    return draws[op as Exclude<Draw, Chain>](inputs[0], inputs[1], random, temperature);
  };
  const target = valuesOf(graph.nodes, y, new Float64Array(targetSize), own, draw)(graph.sample);
  return { target, logWeight };
}

/** @throws GatedRnnError `usage` for parameters that are missing or of another size */
function ownWeights(
  { name: output, graph }: Output,
  weights: OutputWeights | undefined,
): ReadonlyMap<string, Float64Array> {
  return new Map(
    outputParameters(graph).map(({ name, shape: [rows, columns] }) => {
      const found = weights?.get(name);
      if (found?.length !== rows * columns)
        throw new GatedRnnError(
          "usage",
          `${output}: expected its parameter ${name}, ${rows} × ${columns}, got ${found ? `${found.length} numbers` : "none"}; pass the model's parameters`,
        );
      return [name, Float64Array.from(found)];
    }),
  );
}

/** The value of a node, computed when it is asked for, and once. */
function valuesOf(
  nodes: readonly SlopeNode[],
  readout: Float64Array,
  target: Float64Array,
  own: ReadonlyMap<string, Float64Array>,
  draw?: (op: Draw, inputs: readonly Float64Array[], node: number) => Float64Array,
): (node: number) => Float64Array {
  const known = new Map<number, Float64Array>();
  const compute = (i: number): Float64Array => {
    const { op, inputs, shape, constant = 0, first = 0, name } = nodes[i];
    if (op === "readout") return readout;
    if (op === "target") return target;
    if (op === "parameter") return own.get(name as string) as Float64Array;
    const values = isChain(op) ? [] : inputs.map(value);
    if (op in draws || isChain(op))
      return (draw as NonNullable<typeof draw>)(op as Draw, values, i);
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
