import { operations } from "../compile/ops.js";
import type { ElementwiseOp, WordName } from "../compile/word-names.js";
import type { Update, UpdateNode, UpdateSettings } from "./update.js";

/** What an operation reads: arrays of all parameters, a number that is the same for all, or an operation's result. */
export interface Operand {
  readonly kind: "weight" | "gradient" | "slot" | "scalar" | "result";
  readonly index: number;
}

/** An element-wise operation over all parameters; operation k makes result k. */
interface UpdateOp {
  readonly op: ElementwiseOp & WordName;
  readonly inputs: readonly Operand[];
  readonly constant: number;
}

/** A rule as engines carry it out: the numbers that are the same for all parameters once, in double precision; then the operations. */
export interface UpdatePlan {
  readonly update: Update;
  readonly slots: readonly string[];
  readonly ops: readonly UpdateOp[];
  /** What is taken from the weights, and every slot's new value. All are read before any slot is written. */
  readonly step: Operand;
  readonly next: readonly Operand[];
  readonly scalarCount: number;
  /** The scalars of an update; `updates`: those made before. */
  scalars(learningRate: number, settings: UpdateSettings, updates: number): number[];
}

export function updatePlan(update: Update): UpdatePlan {
  const { nodes, step, slots } = update.graph;
  const names = slots.map(({ name }) => name);
  const isScalar = nodes.reduce<boolean[]>((known, node) => {
    known.push("inputs" in node ? node.inputs.every((i) => known[i]) : scalarLeaves.has(node.op));
    return known;
  }, []);
  const scalars: number[] = []; // nodes
  const ops: UpdateOp[] = [];
  const places = new Map<number, Operand>();
  const place = (index: number): Operand => {
    const known = places.get(index) ?? found(index);
    places.set(index, known);
    return known;
  };
  const found = (index: number): Operand => {
    const node = nodes[index];
    if (isScalar[index]) return { kind: "scalar", index: scalars.push(index) - 1 };
    if (node.op === "previous") return { kind: "slot", index: names.indexOf(node.slot) };
    if (!("inputs" in node))
      return { kind: node.op === "weight" ? "weight" : "gradient", index: 0 };
    const inputs = node.inputs.map(place);
    const made = { op: node.op, inputs, constant: node.constant ?? 0 };
    return { kind: "result", index: ops.push(made) - 1 };
  };
  const stepAt = place(step);
  const next = slots.map(({ node }) => place(node));
  return {
    update,
    slots: names,
    ops,
    step: stepAt,
    next,
    scalarCount: scalars.length,
    scalars: (learningRate, settings, updates) => {
      const values: number[] = [];
      nodes.forEach((node, i) => {
        values.push(isScalar[i] ? scalar(node, values) : Number.NaN);
      });
      function scalar(node: UpdateNode, of: readonly number[]): number {
        if (node.op === "learningRate") return learningRate;
        if (node.op === "count") return updates + 1;
        if (node.op === "setting") return settings[node.name];
        if (!("inputs" in node)) return Number.NaN;
        const [a = 0, b = 0, c = 0] = node.inputs.map((k) => of[k]);
        return operations[node.op].value(a, b, c, node.constant ?? 0);
      }
      return scalars.map((i) => values[i]);
    },
  };
}

const scalarLeaves: ReadonlySet<string> = new Set(["learningRate", "count", "setting"]);
