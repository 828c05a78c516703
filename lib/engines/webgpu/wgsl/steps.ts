import { operations } from "../../../compile/ops.js";
import { opCodes, type Program } from "../../../compile/program.js";
import type { PhaseOp } from "../../../compile/schedule.js";

const inSequence = 1;

/** A decoded operand: kinds register 0, sequence slot 1, step slot 2. */
export const kindOf = (word: number) => word >> 28;
export const indexOf = (word: number) => word & 0xfffffff;
export type Op = PhaseOp["op"];

const opNames = new Map(Object.entries(opCodes).map(([name, code]) => [code, name as Op]));
const operandCount = (op: Op) => (op === "peephole" ? 1 : operations[op].inputs);

export type Step =
  | {
      readonly kind: "phase";
      readonly ops: readonly { op: Op; out: number; inputs: readonly number[]; extra: number }[];
    }
  /** Products that wait for nothing of one another. */
  | {
      readonly kind: "products";
      readonly products: readonly {
        source: number;
        pack: number;
        target: number;
        accumulate: boolean;
      }[];
    };

function stepsOf({ instructions, ops }: Program, from: number, count: number): Step[] {
  const steps: Step[] = [];
  for (let i = from; i < from + count; i++) {
    const [kind, length, at, source, pack, target, accumulate] = instructions.subarray(
      7 * i,
      7 * i + 7,
    );
    if (kind === 0) {
      const phase = Array.from({ length }, (_, k) => {
        const [code, out, a, b, c, extra] = ops.subarray(6 * (at + k), 6 * (at + k) + 6);
        const op = opNames.get(code) as Op;
        return { op, out, inputs: [a, b, c].slice(0, operandCount(op)), extra };
      });
      steps.push({ kind: "phase", ops: phase });
      continue;
    }
    const product = { source, pack, target, accumulate: accumulate === 1 };
    const last = steps.at(-1);
    const joins = last?.kind === "products" && !last.products.some((p) => p.target === source);
    if (joins)
      steps[steps.length - 1] = { kind: "products", products: [...last.products, product] };
    else steps.push({ kind: "products", products: [product] });
  }
  return steps;
}

/** What a step touches in memory: sequence slots that it reads before it writes them, and those that it writes. */
function slotsTouched(
  steps: readonly Step[],
  given: readonly number[],
): { reads: Set<number>; writes: Set<number> } {
  const reads = new Set<number>();
  const writes = new Set<number>(given.filter((word) => kindOf(word) === inSequence));
  const read = (word: number) => {
    if (kindOf(word) === inSequence && !writes.has(word)) reads.add(word);
  };
  const write = (word: number) => {
    if (kindOf(word) === inSequence) writes.add(word);
  };
  for (const step of steps) {
    if (step.kind === "phase")
      for (const { inputs, out } of step.ops) {
        inputs.forEach(read);
        write(out);
      }
    else
      for (const { source, target, accumulate } of step.products) {
        read(source);
        if (accumulate) read(target);
        write(target);
      }
  }
  return { reads, writes };
}

export interface State {
  readonly value: number;
  readonly previous: number;
  readonly gradient: number;
  readonly previousGradient: number;
}

const statesOf = ({ states }: Program): State[] =>
  Array.from({ length: states.length / 4 }, (_, k) => {
    const [value, previous, gradient, previousGradient] = states.subarray(4 * k, 4 * k + 4);
    return { value, previous, gradient, previousGradient };
  });

const sequenceSlots = (slots: readonly number[]) =>
  new Set(slots.filter((s) => s >= 0).map((s) => (inSequence << 28) | s));

/** Sequence slots that the backward loop, the readout and the weight gradients read. */
function neededAfterForward(program: Program): Set<number> {
  const steps = stepsOf(program, program.forwardCount, program.backwardCount);
  const { reads } = slotsTouched(steps, []);
  const sources = [...program.matrices, ...program.peepholes].filter((_, i) => i % 3 === 1);
  return new Set([
    ...reads,
    ...sequenceSlots([program.hiddenSlot, ...sources, ...program.named.values()]),
  ]);
}

/** Sequence slots that the weight gradients read from the backward loop. */
function neededAfterBackward(program: Program): Set<number> {
  const gradients = [...program.matrices, ...program.peepholes].filter((_, i) => i % 3 === 2);
  return sequenceSlots([...program.affines.filter((_, i) => i % 5 === 4), ...gradients]);
}

/** One time step of a sequence loop: what is done, and what of it comes from and goes to the GPU's memory. */
interface Loop {
  readonly steps: readonly Step[];
  readonly states: readonly State[];
  /** Sequence slots that are read before they are written, and those written that something after the loop reads. */
  readonly reads: ReadonlySet<number>;
  readonly stores: readonly number[];
}

export function loopOf(program: Program, direction: "forward" | "backward"): Loop {
  const states = statesOf(program);
  if (direction === "forward") {
    const steps = stepsOf(program, 0, program.forwardCount);
    const { reads, writes } = slotsTouched(
      steps,
      states.map((s) => s.previous).filter((word) => word >= 0),
    );
    const needed = neededAfterForward(program);
    return { steps, states, reads, stores: [...writes].filter((word) => needed.has(word)) };
  }
  const steps = stepsOf(program, program.forwardCount, program.backwardCount);
  const [{ gradient }] = states; // from the readout, for all rows
  const { reads, writes } = slotsTouched(
    steps,
    states.slice(1).map((s) => s.gradient),
  );
  const needed = neededAfterBackward(program);
  return {
    steps,
    states,
    reads: new Set([...reads, gradient]),
    stores: [...writes, gradient].filter((word) => needed.has(word)),
  };
}
