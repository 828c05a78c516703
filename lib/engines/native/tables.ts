import { elementwiseOps } from "../../compile/ops.js";
import type { Operand, Program, ProgramInstruction, ProgramOp } from "../../compile/program.js";
import { rowOps } from "../../compile/row-ops.js";
import type { RowProgram } from "../../compile/row-program.js";
import type { PhaseOp } from "../../compile/schedule.js";
import type { RowOp } from "../../compile/word-names.js";
import { laidOut, layer, wordsOf } from "./job-fields.js";

/** An operation's code in C: its place among the operations, peepholes and those on rows last. */
export const opCodes: Readonly<Record<PhaseOp["op"] | RowOp, number>> = Object.fromEntries(
  [...elementwiseOps, "peephole" as const, ...rowOps].map((op, code) => [op, code]),
) as Record<PhaseOp["op"] | RowOp, number>;

/** As c/phase.h numbers them. */
const kinds = { register: 0, sequence: 1, step: 2 } as const;

/** An operand as C reads it: kind << 28 | index; none: −1. */
export function operandWord(operand: Operand | undefined): number {
  return operand === undefined ? -1 : (kinds[operand.kind] << 28) | operand.index;
}

/** A float's bits, where a table of whole numbers holds one. */
export function floatBits(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}

/** A program's tables as c/job.h's structures, one behind the other in each. */
export function programTables(program: Program) {
  const ops: number[] = [];
  const none = { count: 0, at: 0, source: 0, pack: 0, target: 0, accumulate: 0 };
  const instructions = [...program.forward, ...program.backward].flatMap(
    (instruction: ProgramInstruction) => {
      if (instruction.kind === "product") {
        const { source, pack, target, accumulate } = instruction;
        return laidOut("Instruction", {
          ...none,
          kind: 1,
          source: operandWord(source),
          pack,
          target: operandWord(target),
          accumulate: Number(accumulate),
        });
      }
      const at = ops.length / wordsOf("PhaseOp");
      for (const op of instruction.ops) ops.push(...opWords(op));
      return laidOut("Instruction", { ...none, kind: 0, count: instruction.ops.length, at });
    },
  );
  return {
    ops,
    instructions,
    states: program.states.flatMap(({ value, previous, gradient, previousGradient }) =>
      laidOut("State", {
        value: operandWord(value),
        previous: operandWord(previous),
        gradient: operandWord(gradient),
        previousGradient: operandWord(previousGradient),
      }),
    ),
    affines: program.affines.flatMap(({ slot, input, bias, gradient }) =>
      laidOut("Affine", {
        slot,
        inputWeight: input?.weight ?? -1,
        inputPack: input?.pack ?? -1,
        bias,
        gradient: gradient ?? -1,
      }),
    ),
    matrices: program.matrices.flatMap((gradient) => laidOut("WeightGradient", gradient)),
    peepholes: program.peepholes.flatMap((gradient) => laidOut("WeightGradient", gradient)),
    rowSteps: rowStepWords(program.outputRows),
    outputParameters: program.outputParameters.flatMap((parameter) =>
      laidOut("OutputParameter", { ...parameter, parameter: parameter.offset }),
    ),
  };
}

/** Operands that an operation does not have are register 0. */
function opWords({ op, out, inputs, constant = 0, weight }: ProgramOp): number[] {
  const [a = 0, b = 0, c = 0] = inputs.map(operandWord);
  const extra = weight ?? floatBits(constant);
  return laidOut("PhaseOp", { op: opCodes[op], out: operandWord(out), a, b, c, extra });
}

const layRowStep = layer("RowStep");

/** The output's equations as c/rows.h reads them; every place is laid down as an offset. */
function rowStepWords({ steps }: RowProgram): Int32Array {
  const words = new Int32Array(steps.length * wordsOf("RowStep"));
  const memory = { ints: words, floats: new Float32Array(words.buffer) };
  steps.forEach(({ op, to, inputs, constant, first }, k) => {
    const [a = to, b = a, c = a] = inputs;
    const [rows, columns] = op === "over" ? to.shape : a.shape;
    layRowStep(memory, k * wordsOf("RowStep"), {
      op: opCodes[op as keyof typeof opCodes],
      out: to.offset,
      a: a.offset,
      b: b.offset,
      c: c.offset,
      size: to.shape[0] * to.shape[1],
      rows,
      columns,
      rowStep: a.shape[0] === 1 ? 0 : a.shape[1],
      columnStep: a.shape[1] === 1 ? 0 : 1,
      first,
      constant,
    });
  });
  return words;
}
