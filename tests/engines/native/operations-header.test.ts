import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { elementwiseOps } from "../../../lib/compile/ops.js";
import { rowOps } from "../../../lib/compile/row-ops.js";
import { operationsHeader } from "../../../lib/engines/native/operations-header.js";
import { opCodes } from "../../../lib/engines/native/tables.js";

const header = readFileSync(
  new URL("../../../lib/engines/native/c/operations.h", import.meta.url),
  "utf8",
);

it("the committed C header is the table of operations: npm run build:job", () => {
  expect(header).toBe(operationsHeader());
});

it("an operation's code is its place in C's list", () => {
  const [, list] = /enum Op \{ (.*) \};/.exec(header) ?? [];
  const names = list.split(", ");
  expect(names).toHaveLength(elementwiseOps.length + 1 + rowOps.length);
  expect(names[opCodes.tanhGradient]).toBe("OP_TANH_GRADIENT");
  expect(names[opCodes.peephole]).toBe("OP_PEEPHOLE");
});
