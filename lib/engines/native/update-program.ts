import type { Operand, UpdatePlan } from "../../updates/plan.js";
import { rmsprop } from "../../updates/rmsprop.js";
import type { Update } from "../../updates/update.js";
import { laidOut } from "./job-fields.js";
import { floatBits, opCodes } from "./tables.js";

/** Floats of a register in c/engine.c's updates. */
export const updateBlock = 512;

/** An update rule in the C source's words. */
interface UpdateProgram {
  /** PhaseOps; operands are registers, or with `inMemory` the weights (0) and slots (1, 2, …). */
  readonly ops: readonly number[];
  /** Registers of the step and of every slot's new value. */
  readonly results: readonly number[];
  /** The rescaled gradient, then the scalars, then the operations' results. */
  readonly registers: number;
}

const inMemory = 1 << 28;

export function updateProgram(plan: UpdatePlan): UpdateProgram {
  const copies: (typeof plan.ops)[number][] = [];
  /** A result that no operation makes is copied: all slots are read before one is written. */
  const results = [plan.step, ...plan.next].map((operand) =>
    operand.kind === "result"
      ? operand.index
      : plan.ops.length + copies.push({ op: "scale", inputs: [operand], constant: 1 }) - 1,
  );
  const ops = [...plan.ops, ...copies];
  const lastUse = new Map<number, number>(results.map((k) => [k, ops.length]));
  ops.forEach(({ inputs }, at) => {
    for (const { kind, index } of inputs)
      if (kind === "result") lastUse.set(index, Math.max(at, lastUse.get(index) ?? at));
  });
  const first = 1 + plan.scalarCount;
  const freeFrom: number[] = []; // by register behind the scalars: the operation that may write it
  const registers = ops.map((_, at) => {
    const reusable = freeFrom.findIndex((from) => from <= at);
    const register = reusable >= 0 ? reusable : freeFrom.length;
    freeFrom[register] = lastUse.get(at) ?? at;
    return first + register;
  });
  const word = ({ kind, index }: Operand) =>
    kind === "gradient"
      ? 0
      : kind === "scalar"
        ? 1 + index
        : kind === "result"
          ? registers[index]
          : inMemory | (kind === "weight" ? 0 : 1 + index);
  return {
    ops: ops.flatMap(({ op, inputs, constant }, k) => {
      const [a = 0, b = 0, c = 0] = inputs.map(word);
      const extra = floatBits(constant);
      return laidOut("PhaseOp", { op: opCodes[op], out: registers[k], a, b, c, extra });
    }),
    results: results.map((k) => registers[k]),
    registers: first + freeFrom.length,
  };
}

/** Whether the C source's own RMSProp computes this rule. */
export function isRmsprop({ graph }: Update): boolean {
  return JSON.stringify(graph) === JSON.stringify(rmsprop.graph);
}
