import type { WordName } from "../compile/word-names.js";

/**
 * A cell's equations as a graph: what a cell function leaves behind after it has run once on symbols.
 * Nodes are in evaluation order: a node's inputs stand before it.
 */
/** Index of a node in `Graph.nodes`. */
export type NodeIndex = number;

/** One value of a step, by what makes it. */
export type GraphNode =
  /** x of this step: [input size]. Every other node is [hidden size]. */
  | { readonly op: "input" }
  /** A state of the step before; zero at the first step. */
  | { readonly op: "previous"; readonly state: string }
  /** Σ inputs[k] · weights[k] + bias: full weight matrices; a bias alone, or none, but one of the two. */
  | {
      readonly op: "affine";
      readonly name: string;
      readonly inputs: readonly NodeIndex[];
      readonly weights: readonly string[];
      readonly bias?: string;
    }
  /** weight ⊙ input: a diagonal weight matrix. */
  | {
      readonly op: "peephole";
      readonly name: string;
      readonly input: NodeIndex;
      readonly weight: string;
    }
  | WordNode;

/** An element-wise operation of compile/ops.ts on values of one width; those with a constant have it. */
export interface WordNode {
  readonly op: WordName;
  /** What it reads, in the order of the word's arguments. */
  readonly inputs: readonly NodeIndex[];
  /** The number of an operation that has one, such as `scale`. */
  readonly constant?: number;
}

/**
 * What a parameter is in the equations: it decides how it begins and whether noise is added to
 * it.
 */
export type ParameterRole =
  | "input-weight"
  | "recurrent-weight"
  | "peephole"
  | "bias"
  | "output-weight"
  | "output-bias";

/**
 * What a bias is before training: the same number for every unit, or one drawn for each,
 * factor · ln U(least, most). Biases that name the same draw are made of the same numbers.
 */
export type BiasBeginning =
  | number
  | {
      readonly draw: string;
      readonly least: number;
      readonly most: number;
      readonly factor: number;
    };

/** A parameter of a cell before sizes are known. */
export interface CellParameter {
  /** Paper's letter and gate: W_r (reads x), U_r (reads a state), V_i (peephole), b_r. */
  readonly name: string;
  readonly role: ParameterRole;
  /** Axes by size name: a weight matrix is [what it reads, hidden], a peephole or bias [hidden]. */
  readonly axes: readonly ("input" | "hidden")[];
  /** What a bias is before training, where it is not 0. */
  readonly begin?: BiasBeginning;
}

/**
 * A cell's equations as plain data, made by `cell()`: what every engine, LaTeX and the drawings
 * read.
 */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Each state and the node that is its new value. The first one, h, is what the output layer reads. */
  readonly states: readonly { readonly name: string; readonly node: NodeIndex }[];
  /** In the order in which the equations name them. */
  readonly parameters: readonly CellParameter[];
  /** Gates and states that have a name, in evaluation order: what traces show and equations define. */
  readonly named: readonly { readonly name: string; readonly node: NodeIndex }[];
}

/** The nodes that a node reads, in order. */
export function inputsOf(node: GraphNode): readonly NodeIndex[] {
  switch (node.op) {
    case "input":
    case "previous":
      return [];
    case "peephole":
      return [node.input];
    default:
      return node.inputs;
  }
}

/** How one kind of value carries out the graph's operations; the affine product includes its bias, where it has one. */
export interface Operations<T> {
  affine(inputs: readonly T[], weights: readonly string[], bias: string | undefined): T;
  peephole(input: T, weight: string): T;
  word(op: WordName, inputs: readonly T[], constant: number): T;
}

/** One step of the graph on any kind of value. Returns the value of every node, by index. */
export function evaluateStep<T>(
  graph: Graph,
  input: T,
  previous: ReadonlyMap<string, T>,
  operations: Operations<T>,
): T[] {
  const values: T[] = [];
  const of = (nodes: readonly NodeIndex[]) => nodes.map((i) => values[i]);
  for (const node of graph.nodes)
    switch (node.op) {
      case "input":
        values.push(input);
        break;
      case "previous":
        values.push(previous.get(node.state) as T);
        break;
      case "affine":
        values.push(operations.affine(of(node.inputs), node.weights, node.bias));
        break;
      case "peephole":
        values.push(operations.peephole(values[node.input], node.weight));
        break;
      default:
        values.push(operations.word(node.op, of(node.inputs), node.constant ?? 0));
    }
  return values;
}
