import { outputParameters, type SlopeNode, sizeOf } from "../outputs/graph.js";
import type { Output } from "../outputs/output.js";
import { rowDerivative } from "./row-derivative.js";

/** A value of one row: where its numbers lie among those of the row. */
export interface RowPlace {
  readonly offset: number;
  readonly shape: SlopeNode["shape"];
}

/** An operation of a row, carried out in order. */
export interface RowStep {
  readonly op: SlopeNode["op"];
  readonly to: RowPlace;
  readonly inputs: readonly RowPlace[];
  readonly constant: number;
  readonly first: number;
}

/** A parameter of the output itself: where its values are expected, before the first step, and where its gradient is left. */
export interface RowParameter {
  readonly name: string;
  readonly value: RowPlace;
  /** None: the NLL does not depend on it. */
  readonly slope: RowPlace | undefined;
}

/**
 * An output as a list of operations on the numbers of one row, for an engine to carry out for all rows: first those of the NLL, then
 * those of its gradient. Parts are no operations: they lie within what they are parts of.
 */
export interface RowProgram {
  readonly steps: readonly RowStep[];
  readonly forwardCount: number;
  readonly readout: RowPlace;
  /** Where the target's numbers are expected; none: nothing reads them but `at` and `spread`. */
  readonly target: RowPlace | undefined;
  readonly nll: RowPlace;
  readonly slope: RowPlace;
  /** The output's own parameters, in the order of its equations. */
  readonly parameters: readonly RowParameter[];
  /** Numbers that a row needs at once. */
  readonly floats: number;
}

export function rowProgram({ graph }: Output): RowProgram {
  const { nodes: back, slope, parameters } = rowDerivative(graph);
  const nodes: readonly SlopeNode[] = [...graph.nodes, ...back];
  const needed = new Set<number>();
  const need = (i: number) => {
    if (needed.has(i)) return;
    needed.add(i);
    nodes[i].inputs.forEach(need);
  };
  need(graph.nll);
  const forward = new Set(needed);
  need(slope);
  for (const gradient of parameters.values()) need(gradient);
  const order = [
    ...[...needed].filter((i) => forward.has(i)).sort(ascending),
    ...[...needed].filter((i) => !forward.has(i)).sort(ascending),
  ];
  const own = outputParameters(graph).filter(({ node }) => needed.has(node));
  const slopes = [slope, ...parameters.values()];
  const place = placesOf(nodes, order, [graph.nll, ...slopes, ...own.map(({ node }) => node)]);
  const steps: (RowStep & { readonly isForward: boolean })[] = [];
  for (const i of order) {
    const { op, inputs, constant = 0, first = 0 } = nodes[i];
    if (isGiven(op) || op === "part") continue;
    const isForward = forward.has(i);
    steps.push({ op, to: place(i), inputs: inputs.map(place), constant, first, isForward });
  }
  const indexOf = (op: string) => order.find((i) => nodes[i].op === op);
  const target = indexOf("target");
  return {
    steps,
    forwardCount: steps.filter((s) => s.isForward).length,
    readout: place(indexOf("readout") as number),
    target: target === undefined ? undefined : place(target),
    nll: place(graph.nll),
    slope: place(slope),
    parameters: own.map(({ name, node }) => {
      const gradient = parameters.get(node);
      return {
        name,
        value: place(node),
        slope: gradient === undefined ? undefined : place(gradient),
      };
    }),
    floats: place.floats,
  };
}

/** What is there before the first operation. */
const isGiven = (op: SlopeNode["op"]) => op === "readout" || op === "target" || op === "parameter";

const ascending = (a: number, b: number) => a - b;

/**
 * Where every value lies: each at the lowest place that is free from when it is computed to when it is last read. What is there from
 * the beginning (readout, target and parameters) and what is there at the end (NLL and gradients) keep their places; parameters
 * are not written over, for the next row.
 */
function placesOf(
  nodes: readonly SlopeNode[],
  order: readonly number[],
  kept: readonly number[],
): ((i: number) => RowPlace) & { floats: number } {
  const rootOf = (i: number): number => (nodes[i].op === "part" ? rootOf(nodes[i].inputs[0]) : i);
  const lives = new Map<number, { begin: number; end: number }>();
  order.forEach((i, at) => {
    if (rootOf(i) === i) lives.set(i, { begin: isGiven(nodes[i].op) ? -1 : at, end: at });
    for (const input of nodes[i].inputs) (lives.get(rootOf(input)) as { end: number }).end = at;
  });
  for (const i of kept) (lives.get(rootOf(i)) as { end: number }).end = order.length;
  const offsets = new Map<number, number>();
  let floats = 0;
  for (const [i, life] of [...lives].sort(([, a], [, b]) => a.begin - b.begin)) {
    const size = sizeOf(nodes[i].shape);
    const taken = [...offsets]
      .filter(([other]) => {
        const { begin, end } = lives.get(other) as { begin: number; end: number };
        return begin <= life.end && life.begin <= end;
      })
      .map(([other, offset]) => ({ offset, end: offset + sizeOf(nodes[other].shape) }))
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const one of taken) if (one.offset < offset + size) offset = Math.max(offset, one.end);
    offsets.set(i, offset);
    floats = Math.max(floats, offset + size);
  }
  const offsetOf = (i: number): number =>
    nodes[i].op === "part"
      ? offsetOf(nodes[i].inputs[0]) + (nodes[i].first ?? 0)
      : (offsets.get(i) as number);
  const place = (i: number): RowPlace => ({ offset: offsetOf(i), shape: nodes[i].shape });
  return Object.assign(place, { floats });
}
