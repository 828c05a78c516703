import type { ElementwiseOp, InnerRowOp, RowWord, Shape, WordName } from "../compile/word-names.js";

/** What is drawn when a target is made up: 0 or 1 by chances, one of some, normal numbers, counts. */
export type Draw = "chance" | "choice" | "normal" | "counts";

/** A value of one step. Inputs stand before what reads them; element-wise operations have inputs of their own shape. */
export interface RowNode {
  /** The readout y, [1, readout size], and the target, [1, target size]; the rest is computed. */
  readonly op: "readout" | "target" | WordName | RowWord | Draw;
  /** Indices of its inputs in `RowGraph.nodes`. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
  /** Of an element-wise operation that has one. */
  readonly constant?: number;
  /** part: the first element that is taken. */
  readonly first?: number;
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

export const sizeOf = ([rows, columns]: Shape) => rows * columns;
