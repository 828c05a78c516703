import type { Graph, NodeIndex } from "../cells/graph.js";
import { words } from "./ops.js";
import type { ElementwiseOp } from "./word-names.js";

/** Index of a value of a step: the graph's nodes first, then what the derivative adds. */
export type ValueIndex = number;

/** A product with a full weight matrix: source · weight, or source · weightᵀ going backward. */
export interface Product {
  readonly source: ValueIndex;
  readonly weight: string;
}

/** A value of the backward step; its inputs stand before it or are nodes of the graph. */
export type BackwardValue =
  /** What reaches a state's new value: from the output layer (h only) and from the step after. */
  | { readonly op: "stateGradient"; readonly state: string }
  | {
      readonly op: ElementwiseOp;
      readonly inputs: readonly ValueIndex[];
      readonly constant?: number;
    }
  | { readonly op: "peephole"; readonly inputs: readonly [ValueIndex]; readonly weight: string }
  /** base + Σ source · weightᵀ; no base: zero. */
  | {
      readonly op: "accumulate";
      readonly base: ValueIndex | undefined;
      readonly products: readonly Product[];
    };

/** The backward step of a cell by reverse-mode differentiation of its graph. */
export interface Derivative {
  /** Values from index `graph.nodes.length` on. */
  readonly values: readonly BackwardValue[];
  /** By affine node: the gradient that reaches its result. */
  readonly affine: ReadonlyMap<NodeIndex, ValueIndex>;
  /** By peephole node: the gradient that reaches its result. */
  readonly peephole: ReadonlyMap<NodeIndex, ValueIndex>;
  /** By state: the gradient that goes on to the step before. */
  readonly previous: ReadonlyMap<string, ValueIndex>;
}

/** What has reached a value so far: element-wise contributions, and products that are still to be added. */
interface Adjoint {
  readonly terms: ValueIndex[];
  readonly products: Product[];
}

/** Differentiates a cell: from the gradients that reach its states to those of its affine products and previous states. */
export function derivative(graph: Graph): Derivative {
  const values: BackwardValue[] = [];
  const add = (value: BackwardValue): ValueIndex => graph.nodes.length + values.push(value) - 1;
  const apply = (op: ElementwiseOp, ...inputs: ValueIndex[]) => add({ op, inputs });
  const scaled = (input: ValueIndex, constant: number) =>
    add({ op: "scale", inputs: [input], constant });
  const adjoints: Adjoint[] = graph.nodes.map(() => ({ terms: [], products: [] }));
  const reach = (node: NodeIndex, gradient: ValueIndex) => adjoints[node].terms.push(gradient);
  const affine = new Map<NodeIndex, ValueIndex>();
  const peephole = new Map<NodeIndex, ValueIndex>();
  const previous = new Map<string, ValueIndex>();

  for (const { name, node } of graph.states) reach(node, add({ op: "stateGradient", state: name }));
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const { terms, products } = adjoints[i];
    const node = graph.nodes[i];
    if (node.op === "input" || (terms.length === 0 && products.length === 0)) continue;
    const base =
      terms.length === 0 ? undefined : terms.reduce((sum, term) => apply("plus", sum, term));
    const g =
      products.length === 0 ? (base as ValueIndex) : add({ op: "accumulate", base, products });
    switch (node.op) {
      case "previous":
        previous.set(node.state, g);
        break;
      case "affine":
        affine.set(i, g);
        node.inputs.forEach((input, k) => {
          adjoints[input].products.push({ source: g, weight: node.weights[k] });
        });
        break;
      case "peephole":
        peephole.set(i, g);
        reach(node.input, add({ op: "peephole", inputs: [g], weight: node.weight }));
        break;
      default: {
        const [left = i, right = left] = node.inputs;
        const slopes = { g, y: i, a: left, b: right, k: node.constant ?? 0, of: apply, scaled };
        words[node.op].derivative<ValueIndex>(slopes).forEach((slope, k) => {
          reach(node.inputs[k], slope);
        });
      }
    }
  }
  return { values, affine, peephole, previous };
}
