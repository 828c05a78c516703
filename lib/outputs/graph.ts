import type { ElementwiseOp, InnerRowOp, RowWord, Shape, WordName } from "../compile/word-names.js";

/** What is drawn when a target is made up: 0 or 1 by chances, one of some, normal numbers, counts. */
export type Draw = "chance" | "choice" | "normal" | "counts" | Chain;

/** Zeros and ones, each by a chance that the ones drawn before decide: from the first on, or from the last. */
export type Chain = "upward" | "downward";

export const isChain = (op: string): op is Chain => op === "upward" || op === "downward";

/** A value of one step. Inputs stand before what reads them; element-wise operations have inputs of their own shape. */
export interface RowNode {
  /**
   * The readout y, [1, readout size], the target, [1, target size], and the output's own parameters, the same at every step; the
   * rest is computed.
   */
  readonly op: "readout" | "target" | "parameter" | WordName | RowWord | Draw;
  /** Indices of its inputs in `RowGraph.nodes`. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
  /** Of an element-wise operation that has one. */
  readonly constant?: number;
  /** part: the first element that is taken. */
  readonly first?: number;
  /** Of a parameter. */
  readonly name?: string;
}

/** A node of an output's derivative: what only derivatives use, too. */
export type SlopeNode = Omit<RowNode, "op"> & {
  readonly op: RowNode["op"] | InnerRowOp | ElementwiseOp;
};

/** An output's equations as plain data. */
export interface RowGraph {
  readonly nodes: readonly RowNode[];
  /** The negative log-likelihood of the target in nats, [1, 1]. */
  readonly nll: number;
  /** A target drawn from the distribution, as many numbers as a target has. */
  readonly sample?: number;
  /** Values with a name of their own, in evaluation order: what LaTeX defines. */
  readonly named: readonly { readonly name: string; readonly node: number }[];
}

/** A parameter of an output itself, beside W_y and b_y. */
export interface OutputParameter {
  readonly name: string;
  readonly shape: Shape;
  /** Its place among the graph's nodes. */
  readonly node: number;
}

/** The output's own parameters, in the order of its equations. */
export function outputParameters({ nodes }: RowGraph): OutputParameter[] {
  return nodes.flatMap(({ op, name, shape }, node) =>
    op === "parameter" ? [{ name: name as string, shape, node }] : [],
  );
}

export const sizeOf = ([rows, columns]: Shape) => rows * columns;
