import type {
  Operand,
  Program,
  ProgramInstruction,
  ProgramOp,
  ProgramProduct,
  ProgramState,
} from "../../../compile/program.js";

/** An operand's name in a kernel, by its kind and place. */
export const nameOf = ({ kind, index }: Operand) => `${kind}${index}`;

export type Step =
  | { readonly kind: "phase"; readonly ops: readonly ProgramOp[] }
  /** Products that wait for nothing of one another. */
  | { readonly kind: "products"; readonly products: readonly ProgramProduct[] };

function stepsOf(instructions: readonly ProgramInstruction[]): Step[] {
  const steps: Step[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === "phase") {
      steps.push(instruction);
      continue;
    }
    const last = steps.at(-1);
    const waits = ({ target }: ProgramProduct) => nameOf(target) === nameOf(instruction.source);
    if (last?.kind === "products" && !last.products.some(waits))
      steps[steps.length - 1] = { kind: "products", products: [...last.products, instruction] };
    else steps.push({ kind: "products", products: [instruction] });
  }
  return steps;
}

/** What a step touches in memory: sequence slots that it reads before it writes them, and those that it writes. */
function slotsTouched(
  steps: readonly Step[],
  given: readonly Operand[],
): { reads: Set<number>; writes: Set<number> } {
  const reads = new Set<number>();
  const writes = new Set<number>();
  const read = ({ kind, index }: Operand) => {
    if (kind === "sequence" && !writes.has(index)) reads.add(index);
  };
  const write = ({ kind, index }: Operand) => {
    if (kind === "sequence") writes.add(index);
  };
  given.forEach(write);
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

/** Sequence slots that the backward loop, the readout and the weight gradients read. */
function neededAfterForward(program: Program): Set<number> {
  const { reads } = slotsTouched(stepsOf(program.backward), []);
  const sources = [...program.matrices, ...program.peepholes].map(({ source }) => source);
  return new Set([...reads, program.hiddenSlot, ...sources, ...program.named.values()]);
}

/** Sequence slots that the weight gradients read from the backward loop. */
function neededAfterBackward({ affines, matrices, peepholes }: Program): Set<number> {
  return new Set([...affines, ...matrices, ...peepholes].flatMap(({ gradient }) => gradient ?? []));
}

/** One time step of a sequence loop: what is done, and what of it comes from and goes to the GPU's memory. */
interface Loop {
  readonly steps: readonly Step[];
  readonly states: readonly ProgramState[];
  /** Sequence slots that are read before they are written, and those written that something after the loop reads. */
  readonly reads: ReadonlySet<number>;
  readonly stores: readonly number[];
}

export function loopOf(program: Program, direction: "forward" | "backward"): Loop {
  const { states } = program;
  if (direction === "forward") {
    const steps = stepsOf(program.forward);
    const given = states.flatMap(({ previous }) => previous ?? []);
    const { reads, writes } = slotsTouched(steps, given);
    const needed = neededAfterForward(program);
    return { steps, states, reads, stores: [...writes].filter((slot) => needed.has(slot)) };
  }
  const steps = stepsOf(program.backward);
  const gradient = program.hiddenGradientSlot; // from the readout, for all rows
  const { reads, writes } = slotsTouched(
    steps,
    states.slice(1).map((s) => s.gradient),
  );
  const needed = neededAfterBackward(program);
  return {
    steps,
    states,
    reads: new Set([...reads, gradient]),
    stores: [...writes, gradient].filter((slot) => needed.has(slot)),
  };
}
