import { type Graph, inputsOf, type NodeIndex } from "../cells/graph.js";
import { type Derivative, derivative, type Product, type ValueIndex } from "./derivative.js";
import { elementwiseOps, operations } from "./ops.js";
import type { ElementwiseOp } from "./word-names.js";

/** An operation of a fused phase: `value` is computed from `inputs`, all of them element-wise in the hidden width. */
export interface PhaseOp {
  readonly op: ElementwiseOp | "peephole";
  readonly value: ValueIndex;
  readonly inputs: readonly ValueIndex[];
  readonly constant?: number;
  readonly weight?: string;
}

/** What a step does, in order: fused element-wise phases, and between them the products that they wait for. */
export type Instruction =
  | { readonly kind: "phase"; readonly ops: readonly PhaseOp[] }
  /** target (+)= source · weight, or · weightᵀ in the backward step. */
  | {
      readonly kind: "product";
      readonly target: ValueIndex;
      readonly product: Product;
      readonly accumulate: boolean;
    };

/** A cell's forward and backward step as instructions over values; `memory` are the values that outlive their phase. */
export interface Schedule {
  readonly graph: Graph;
  readonly derivative: Derivative;
  readonly forward: readonly Instruction[];
  readonly backward: readonly Instruction[];
  readonly memory: ReadonlySet<ValueIndex>;
}

/** Operations that are cheaper to repeat in a later phase than to store and load. */
const cheap: ReadonlySet<string> = new Set([
  ...elementwiseOps.filter((op) => operations[op].isCheap),
  "peephole",
]);

interface Value {
  readonly op: string;
  readonly inputs: readonly ValueIndex[];
  readonly constant?: number;
  readonly weight?: string;
  /** accumulate only: the value that products are added to; the rest of the inputs are the products' sources. */
  readonly base?: ValueIndex | undefined;
}

/**
 * Schedules a cell's step. A value's stage counts the products that must come before it, so that phase s holds all
 * element-wise work between products s and s + 1. Values that a product, a state, the backward step or a later phase needs
 * are kept in memory; the rest lives in a phase's registers, and cheap operations are repeated rather than kept.
 *
 * @param keep further nodes to keep in memory, such as every named gate for a trace
 */
export function schedule(graph: Graph, keep: readonly NodeIndex[] = []): Schedule {
  const back = derivative(graph);
  const forwardCount = graph.nodes.length;
  const values: Value[] = [
    ...graph.nodes.map((node) => ({ ...node, inputs: inputsOf(node) })),
    ...back.values.map(backwardValue),
  ];
  const stages = stagesOf(values, forwardCount);
  const uses = new Array<number>(values.length).fill(0);
  for (const { inputs } of values) for (const input of inputs) uses[input]++;

  const memory = new Set<ValueIndex>(keep);
  graph.nodes.forEach((node, i) => {
    if (node.op === "previous" || node.op === "affine") memory.add(i);
    if (node.op === "affine")
      for (const input of node.inputs) if (graph.nodes[input].op !== "input") memory.add(input);
    if (node.op === "peephole") memory.add(node.input);
  });
  for (const { node } of graph.states) memory.add(node);
  for (const results of [back.affine, back.peephole, back.previous])
    for (const value of results.values()) memory.add(value);
  back.values.forEach(({ op }, i) => {
    if (op === "stateGradient" || op === "accumulate") memory.add(forwardCount + i);
  });

  // Emitting finds values that a later phase needs and that are too dear to repeat: keep those, and emit again.
  for (;;) {
    const known = memory.size;
    const emitter = new Emitter(values, stages, memory, uses, forwardCount);
    const forward = emitter.forward(graph);
    const backward = emitter.backward(back);
    if (memory.size === known) return { graph, derivative: back, forward, backward, memory };
  }
}

function backwardValue(value: Derivative["values"][number]): Value {
  switch (value.op) {
    case "stateGradient":
      return { op: value.op, inputs: [] };
    case "accumulate":
      return {
        op: value.op,
        base: value.base,
        inputs: [
          ...(value.base === undefined ? [] : [value.base]),
          ...value.products.map((p) => p.source),
        ],
      };
    default:
      return value;
  }
}

function stagesOf(values: readonly Value[], forwardCount: number): number[] {
  const stages: number[] = [];
  values.forEach(({ op, inputs }, i) => {
    const isBackward = i >= forwardCount;
    // seen from the backward step, everything of the forward step is there from the beginning
    const of = (input: ValueIndex) => (isBackward && input < forwardCount ? 0 : stages[input]);
    const latest = inputs.reduce((stage, input) => Math.max(stage, of(input)), 0);
    const waits = isBackward
      ? op === "accumulate"
      : op === "affine" &&
        inputs.some((k) => values[k].op !== "previous" && values[k].op !== "input");
    stages.push(latest + (waits ? 1 : 0));
  });
  return stages;
}

class Emitter {
  constructor(
    private readonly values: readonly Value[],
    private readonly stages: readonly number[],
    private readonly memory: Set<ValueIndex>,
    private readonly uses: readonly number[],
    private readonly forwardCount: number,
  ) {}

  forward(graph: Graph): Instruction[] {
    const indices = graph.nodes.map((_, i) => i);
    const products = indices.flatMap((target) => {
      const node = graph.nodes[target];
      if (node.op !== "affine") return [];
      return node.inputs.flatMap((source, k) =>
        graph.nodes[source].op === "input"
          ? []
          : [{ target, product: { source, weight: node.weights[k] }, accumulate: true }],
      );
    });
    const isRoot = (i: ValueIndex) =>
      this.memory.has(i) && !["input", "previous", "affine"].includes(this.values[i].op);
    return this.instructions(indices.filter(isRoot), products, 0);
  }

  backward({ values }: Derivative): Instruction[] {
    const indices = values.map((_, i) => this.forwardCount + i);
    const products = values.flatMap((value, i) => {
      if (value.op !== "accumulate") return [];
      return value.products.map((product, k) => ({
        target: this.forwardCount + i,
        product,
        accumulate: k > 0 || value.base !== undefined,
      }));
    });
    const isRoot = (i: ValueIndex) => this.memory.has(i) && this.values[i].op !== "stateGradient";
    return this.instructions(indices.filter(isRoot), products, this.forwardCount);
  }

  /** Phases and products in order; an accumulate's base is a root of the phase before its products. */
  private instructions(
    roots: readonly ValueIndex[],
    products: readonly { target: ValueIndex; product: Product; accumulate: boolean }[],
    first: ValueIndex,
  ): Instruction[] {
    const phaseOf = (i: ValueIndex) =>
      this.stages[i] - (this.values[i].op === "accumulate" ? 1 : 0);
    const last = Math.max(
      0,
      ...roots.map((i) => this.stages[i]),
      ...products.map((p) => this.stages[p.target]),
    );
    const out: Instruction[] = [];
    for (let stage = 0; stage <= last; stage++) {
      for (const p of products)
        if (this.stages[p.target] === stage) out.push({ kind: "product", ...p });
      const ops = new Phase(this.values, this.stages, this.memory, this.uses, stage, first).emit(
        roots.filter((i) => phaseOf(i) === stage),
      );
      if (ops.length > 0) out.push({ kind: "phase", ops });
    }
    return out;
  }
}

/** One phase being written: what it has computed so far. */
class Phase {
  private readonly ops: PhaseOp[] = [];
  private readonly done = new Set<ValueIndex>();

  constructor(
    private readonly values: readonly Value[],
    private readonly stages: readonly number[],
    private readonly memory: Set<ValueIndex>,
    private readonly uses: readonly number[],
    private readonly stage: number,
    private readonly first: ValueIndex,
  ) {}

  emit(roots: readonly ValueIndex[]): PhaseOp[] {
    for (const root of roots) {
      const { op, base } = this.values[root];
      if (op !== "accumulate") this.compute(root);
      else if (base !== undefined) {
        this.compute(base);
        this.ops.push({ op: "copy", value: root, inputs: [base] });
      }
    }
    return this.ops;
  }

  /** Makes a value available to the operations after it in this phase. */
  private compute(i: ValueIndex): void {
    if (this.done.has(i) || this.isThere(i)) return;
    const { op, inputs, constant, weight } = this.values[i];
    const product = op === "plus" ? inputs.find((k) => this.fuses(k)) : undefined;
    if (product !== undefined) {
      const other = inputs[0] === product ? inputs[1] : inputs[0];
      const factors = this.values[product].inputs;
      for (const k of [...factors, other]) this.compute(k);
      this.ops.push({ op: "timesPlus", value: i, inputs: [...factors, other] });
    } else {
      for (const k of inputs) this.compute(k);
      this.ops.push({
        op: op as PhaseOp["op"],
        value: i,
        inputs,
        ...(constant === undefined ? {} : { constant }),
        ...(weight === undefined ? {} : { weight }),
      });
    }
    this.done.add(i);
  }

  /** In memory from before this phase; a dear value of an earlier phase is put there. */
  private isThere(i: ValueIndex): boolean {
    const isForward = i < this.first;
    const earlier = isForward || this.stages[i] < this.stage;
    const { op } = this.values[i];
    if (this.memory.has(i))
      return earlier || ["previous", "affine", "stateGradient", "accumulate"].includes(op);
    if (earlier && !cheap.has(op)) {
      this.memory.add(i);
      return true;
    }
    return false;
  }

  /** A product of two values that only this sum needs: one multiply-add. */
  private fuses(i: ValueIndex): boolean {
    return (
      this.values[i].op === "times" &&
      this.uses[i] === 1 &&
      !this.memory.has(i) &&
      !this.done.has(i)
    );
  }
}
