import type { NodeIndex } from "../cells/graph.js";
import type { ValueIndex } from "./derivative.js";
import type { Instruction, Schedule } from "./schedule.js";

/** Where a value in memory lies: a slot of all rows of a batch, or of the rows of one step. */
export interface Slot {
  readonly kind: "sequence" | "step";
  readonly index: number;
}

/** Slots for every value in memory; values whose lives do not overlap share one. */
export interface Slots {
  readonly of: ReadonlyMap<ValueIndex, Slot>;
  readonly sequences: number;
  readonly steps: number;
}

interface Life {
  readonly value: ValueIndex;
  begin: number;
  end: number;
  readonly kind: Slot["kind"];
}

/**
 * Linear scan over one step, forward and then backward. A row of a sequence slot is written and read at its own step only, so
 * one step's order is all that counts: before 0 stands what is there for all rows at once (input projections, previous
 * states), in the middle the readout, at the end the weight gradients.
 */
export function slots(schedule: Schedule, keep: readonly NodeIndex[] = []): Slots {
  const { graph, derivative, forward, backward, memory } = schedule;
  const forwardCount = graph.nodes.length;
  const order = [...positions(forward), "readout" as const, ...positions(backward)];
  const middle = order.indexOf("readout");
  const end = order.length;
  const begin = new Map<ValueIndex, number>();
  const lastUse = new Map<ValueIndex, number>();
  const used = (value: ValueIndex, at: number) =>
    lastUse.set(value, Math.max(at, lastUse.get(value) ?? at));
  const written = (value: ValueIndex, at: number) => {
    if (!begin.has(value)) begin.set(value, at);
    used(value, at);
  };
  order.forEach((item, at) => {
    if (item === "readout") return;
    for (const value of item.reads) used(value, at);
    // a product must not write over what it reads; an element-wise operation may
    if (item.writes !== undefined) written(item.writes, item.isProduct ? at - 0.5 : at);
  });
  graph.nodes.forEach(({ op }, i) => {
    if (memory.has(i) && (op === "previous" || op === "affine")) begin.set(i, -1);
  });
  derivative.values.forEach((value, k) => {
    // the gradient of h comes from the readout for all rows at once; that of other states at the step's beginning
    if (value.op === "stateGradient")
      begin.set(forwardCount + k, value.state === "h" ? middle : middle + 0.5);
  });
  for (const { name, node } of graph.states) used(node, name === "h" ? end : middle - 0.5); // h: for the gradient of W_y
  for (const results of [derivative.affine, derivative.peephole])
    for (const value of results.values()) used(value, end);
  for (const value of derivative.previous.values()) used(value, end - 0.5);
  // What goes on to the step before is read at its beginning, state by state: with several states beside h, none's gradient may be
  // written over what another's is still to be made of.
  const carried = new Set(graph.states.length > 2 ? derivative.previous.values() : []);
  const passedOn = (value: ValueIndex) =>
    carried.has(value) && derivative.values[value - forwardCount].op === "stateGradient";
  for (const value of carried) if (!passedOn(value)) begin.set(value, middle + 0.25);
  graph.nodes.forEach((node) => {
    if (node.op === "affine") for (const input of node.inputs) used(input, end);
    if (node.op === "peephole") used(node.input, end);
  });
  for (const node of keep) used(node, end);

  const lives = [...memory].map((value): Life => {
    const life = { value, begin: begin.get(value) ?? -1, end: lastUse.get(value) ?? 0 };
    const whole =
      life.begin < 0 ||
      life.end >= end ||
      life.begin === middle ||
      (life.begin < middle && life.end > middle) ||
      graph.states[0].node === value ||
      passedOn(value);
    return { ...life, kind: whole ? "sequence" : "step" };
  });
  return { ...scan(lives) };
}

interface Position {
  readonly reads: readonly ValueIndex[];
  readonly writes: ValueIndex | undefined;
  readonly isProduct: boolean;
}

function positions(instructions: readonly Instruction[]): Position[] {
  return instructions.flatMap((instruction): Position[] =>
    instruction.kind === "phase"
      ? instruction.ops.map(({ value, inputs }) => ({
          reads: inputs,
          writes: value,
          isProduct: false,
        }))
      : [{ reads: [instruction.product.source], writes: instruction.target, isProduct: true }],
  );
}

function scan(lives: readonly Life[]): Slots {
  const of = new Map<ValueIndex, Slot>();
  const free: Record<Slot["kind"], { index: number; from: number }[]> = { sequence: [], step: [] };
  const counts = { sequence: 0, step: 0 };
  for (const { value, begin, end, kind } of [...lives].sort(
    (a, b) => a.begin - b.begin || a.value - b.value,
  )) {
    const reusable = free[kind].find((slot) => slot.from <= begin);
    const slot = reusable ?? { index: counts[kind]++, from: 0 };
    if (!reusable) free[kind].push(slot);
    slot.from = end;
    of.set(value, { kind, index: slot.index });
  }
  return { of, sequences: counts.sequence, steps: counts.step };
}
