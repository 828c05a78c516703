import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { paperCells } from "../../lib/cells/index.js";
import { operations } from "../../lib/compile/ops.js";
import {
  compile,
  type Operand,
  type Program,
  type ProgramInstruction,
} from "../../lib/compile/program.js";
import type { Batch } from "../../lib/data/batch.js";
import { everyOp, mgu } from "../oracle/cells.js";
import { randomBatch, randomModel, relativeError } from "../oracle/examples.js";
import { oracle, type Weights } from "../oracle/oracle.js";

/** A program's forward step as its objects say, for one sequence: named values [time, hidden]. */
function carriedOut(program: Program, weights: Weights, batch: Batch): Map<string, number[]> {
  const { width, model } = program;
  const parameters = new Float64Array(program.parameterFloats);
  for (const { name, offset, rows, columns, width: stride } of program.parameters)
    for (let r = 0; r < rows; r++)
      for (let j = 0; j < columns; j++)
        parameters[offset + r * stride + j] = (weights.get(name) as Float64Array)[r * columns + j];
  const sequences = Array.from({ length: program.sequenceSlots }, () =>
    Array.from({ length: batch.time }, () => new Float64Array(width)),
  );
  const steps = Array.from({ length: program.stepSlots }, () => new Float64Array(width));
  const registers = Array.from({ length: program.registers }, () => new Float64Array(width));
  const at = ({ kind, index }: Operand, t: number) =>
    kind === "sequence" ? sequences[index][t] : kind === "step" ? steps[index] : registers[index];

  const { input } = batch;
  if (input.kind !== "sparse") throw new Error("expected keys");
  for (const { slot, input: matrix, bias } of program.affines)
    for (let t = 0; t < batch.time; t++)
      for (let j = 0; j < width; j++) {
        let sum = parameters[bias + j];
        if (matrix)
          for (const column of input.columns.subarray(input.offsets[t], input.offsets[t + 1]))
            sum += parameters[matrix.weight + column * width + j];
        sequences[slot][t][j] = sum;
      }
  const run = (instruction: ProgramInstruction, t: number) => {
    if (instruction.kind === "product") {
      const { source, pack, target, accumulate } = instruction;
      const { offset, rows, columns, stepRow, stepColumn } = program.packs[pack];
      const [from, to] = [at(source, t), at(target, t)];
      if (!accumulate) to.fill(0);
      for (let k = 0; k < rows; k++)
        for (let n = 0; n < columns; n++)
          to[n] += from[k] * parameters[offset + k * stepRow + n * stepColumn];
      return;
    }
    for (const { op, out, inputs, constant = 0, weight = 0 } of instruction.ops)
      for (let j = 0; j < model.hiddenSize; j++) {
        const [a = 0, b = 0, c = 0] = inputs.map((operand) => at(operand, t)[j]);
        at(out, t)[j] =
          op === "peephole" ? a * parameters[weight + j] : operations[op].value(a, b, c, constant);
      }
  };
  for (let t = 0; t < batch.time; t++) {
    for (const { value, previous } of program.states)
      if (previous && t > 0) at(previous, t).set(at(value, t - 1));
    for (const instruction of program.forward) run(instruction, t);
  }
  return new Map(
    [...program.named].map(([name, slot]) => [
      name,
      sequences[slot].flatMap((row) => [...row.subarray(0, model.hiddenSize)]),
    ]),
  );
}

describe("a program", () => {
  it.each([...paperCells, mgu, everyOp])(
    "says all that a step does, however wide vectors are: $name",
    (cell) => {
      const { model, weights } = randomModel(cell, 5, 3, 7);
      const batch = randomBatch(7, 5, [4]);
      const { trace } = oracle(model, weights, batch);
      for (const lanes of [1, 4]) {
        const found = carriedOut(compile(model, lanes, "trace"), weights, batch);
        expect([...found.keys()].sort()).toEqual([...trace.keys()].sort());
        for (const [name, values] of found)
          expect(relativeError(values, trace.get(name) as Float64Array), name).toBeLessThan(1e-12);
      }
    },
  );

  it("is plain data, without an engine's words", () => {
    const { model } = randomModel(gru, 5, 3, 7);
    const { forward, backward, states, affines, matrices, packs } = compile(model, 4);
    const parts = { forward, backward, states, affines, matrices, packs };
    expect(JSON.parse(JSON.stringify(parts))).toEqual(parts);
    expect(forward.map(({ kind }) => kind)).toEqual(
      "product product phase product phase".split(" "),
    );
  });

  it("reads what a batch prepares: every affine's input and bias lie where the parameters do", () => {
    const { model } = randomModel(gru, 5, 3, 7);
    const { affines, parameters, packs } = compile(model, 4);
    const named = new Map(parameters.map(({ name, offset }) => [offset, name]));
    expect(affines.map(({ bias }) => named.get(bias))).toEqual(["b_r", "b_z", "b_c"]);
    expect(affines.map(({ input }) => input && named.get(input.weight))).toEqual([
      "W_r",
      "W_z",
      "W_c",
    ]);
    for (const { input } of affines) expect(input && packs[input.pack].offset).toBe(input?.weight);
  });
});
