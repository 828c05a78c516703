import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { paperCells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import type { Instruction } from "../../lib/compile/schedule.js";
import { schedule } from "../../lib/compile/schedule.js";
import { type Slots, slots } from "../../lib/compile/slots.js";
import { everyOp, mgu } from "../oracle/cells.js";

const shapeOf = (instructions: readonly Instruction[]) =>
  instructions.map(({ kind }) => kind[0] + kind[1]).join(" ");

describe("a cell's phases", () => {
  it("are as few as its products allow: the GRU has two, and the LSTM's output gate waits for none", () => {
    // r and z wait for U_r h and U_z h, the candidate for U_c (r ⊙ h)
    expect(shapeOf(schedule(gru.graph).forward)).toBe("pr pr ph pr ph");
    expect(shapeOf(schedule(lstm.graph).forward)).toBe("pr pr pr pr ph");
  });

  it.each([...paperCells, mgu, everyOp])(
    "compute what they read before they read it: $name",
    (cell) => {
      const plan = schedule(cell.graph);
      const there = new Set<number>();
      cell.graph.nodes.forEach(({ op }, i) => {
        if (op === "previous" || op === "affine") there.add(i); // the input's part of an affine is prepared
      });
      const run = (instructions: readonly Instruction[]) => {
        for (const instruction of instructions) {
          if (instruction.kind === "product") {
            expect(there.has(instruction.product.source)).toBe(true);
            there.add(instruction.target);
            continue;
          }
          for (const { value, inputs } of instruction.ops) {
            for (const input of inputs)
              expect(there.has(input), `${value} reads ${input}`).toBe(true);
            there.add(value);
          }
        }
      };
      run(plan.forward);
      plan.derivative.values.forEach(({ op }, k) => {
        if (op === "stateGradient") there.add(cell.graph.nodes.length + k);
      });
      run(plan.backward);
      for (const results of [plan.derivative.affine, plan.derivative.previous])
        for (const value of results.values()) expect(there.has(value)).toBe(true);
    },
  );
});

/** Carries a step out on names, forward and backward: the first value that is read where another lies; none: all is well. */
function firstLost(cell: (typeof paperCells)[number], place: Slots): string | undefined {
  const plan = schedule(cell.graph);
  const { graph, derivative, memory } = plan;
  const held = new Map<string, number>();
  const where = (value: number) => {
    const slot = place.of.get(value);
    return slot && `${slot.kind} ${slot.index}`;
  };
  const put = (value: number) => {
    const slot = where(value);
    if (slot) held.set(slot, value);
  };
  const lost = (value: number, by: string) => {
    const slot = where(value);
    return memory.has(value) && slot && held.get(slot) !== value
      ? `${by} reads ${value}, where ${held.get(slot)} lies`
      : undefined;
  };
  graph.nodes.forEach(({ op }, i) => {
    if (memory.has(i) && (op === "previous" || op === "affine")) put(i);
  });
  const run = (instructions: readonly Instruction[]): string | undefined => {
    for (const instruction of instructions) {
      const steps =
        instruction.kind === "phase"
          ? instruction.ops.map(({ value, inputs }) => ({ value, inputs }))
          : [{ value: instruction.target, inputs: [instruction.product.source] }];
      for (const { value, inputs } of steps) {
        const found = inputs.map((input) => lost(input, String(value))).find(Boolean);
        if (found) return found;
        if (instruction.kind === "product" && where(inputs[0]) === where(value))
          return `product ${value} writes over what it reads`;
        put(value);
      }
    }
    return undefined;
  };
  const forward = run(plan.forward);
  if (forward) return forward;
  for (const { name, node } of graph.states)
    if (name === "h" && lost(node, "the readout")) return lost(node, "the readout");
  derivative.values.forEach(({ op }, k) => {
    if (op === "stateGradient") put(graph.nodes.length + k);
  });
  const backward = run(plan.backward);
  if (backward) return backward;
  // what the weight gradients read after the last step
  for (const results of [derivative.affine, derivative.peephole])
    for (const value of results.values())
      if (lost(value, "a weight gradient")) return lost(value, "a weight gradient");
  for (const node of graph.nodes)
    if (node.op === "affine")
      for (const input of node.inputs)
        if (lost(input, "a weight gradient")) return lost(input, "a weight gradient");
  return undefined;
}

describe("slots", () => {
  it.each([...paperCells, mgu, everyOp])("never hold two values at once: $name", (cell) => {
    expect(firstLost(cell, slots(schedule(cell.graph)))).toBeUndefined();
  });

  it.each([...paperCells, mgu, everyOp])(
    "that are shared by any two values more would lose one: the test notices: $name",
    (cell) => {
      const place = slots(schedule(cell.graph));
      const sequence = [...place.of].filter(([, slot]) => slot.kind === "sequence");
      const merged = new Map(
        [...place.of].map(([value, slot]) => [
          value,
          slot.kind === "sequence" && slot.index === sequence[1][1].index ? sequence[0][1] : slot,
        ]),
      );
      const apart = sequence[0][1].index !== sequence[1][1].index;
      if (apart) expect(firstLost(cell, { ...place, of: merged })).toBeDefined();
    },
  );
});
