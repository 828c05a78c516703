import { describe, expect, it } from "vitest";
import { lstm } from "../../../lib/cells/lstm.js";
import { compile } from "../../../lib/compile/program.js";
import { wordOf, wordsOf } from "../../../lib/engines/native/job-fields.js";
import { opCodes, operandWord, programTables } from "../../../lib/engines/native/tables.js";
import { randomModel } from "../../oracle/examples.js";

describe("a program's tables for C", () => {
  const { model } = randomModel(lstm, 5, 3, 7);
  const program = compile(model, 4);
  const tables = programTables(program);

  it("hold an operand as its kind and index", () => {
    expect(operandWord({ kind: "register", index: 3 })).toBe(3);
    expect(operandWord({ kind: "sequence", index: 5 })).toBe(0x10000005);
    expect(operandWord({ kind: "step", index: 1 })).toBe(0x20000001);
    expect(operandWord(undefined)).toBe(-1);
  });

  it("lay every instruction down in the program's order, its operations one behind the other", () => {
    const words = wordsOf("Instruction");
    const order = [...program.forward, ...program.backward];
    let behind = 0;
    order.forEach((instruction, k) => {
      const field = (name: Parameters<typeof wordOf<"Instruction">>[1]) =>
        tables.instructions[k * words + wordOf("Instruction", name)];
      expect(field("kind")).toBe(instruction.kind === "phase" ? 0 : 1);
      if (instruction.kind !== "phase") return;
      expect([field("at"), field("count")]).toEqual([behind, instruction.ops.length]);
      instruction.ops.forEach(({ op, out }, i) => {
        const at = (behind + i) * wordsOf("PhaseOp");
        expect(tables.ops.slice(at, at + 2)).toEqual([opCodes[op], operandWord(out)]);
      });
      behind += instruction.ops.length;
    });
    expect(tables.ops).toHaveLength(behind * wordsOf("PhaseOp"));
  });
});
