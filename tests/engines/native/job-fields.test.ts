import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  jobHeader,
  laidOut,
  layer,
  structures,
  wordsOf,
} from "../../../lib/engines/native/job-fields.js";

const header = readFileSync(
  new URL("../../../lib/engines/native/c/job.h", import.meta.url),
  "utf8",
);

describe("a job's fields", () => {
  it("are in the committed C header as the table has them: npm run build:job", () => {
    expect(header).toBe(jobHeader());
  });

  it("stand in C in the order in which they are laid down, a word each", () => {
    for (const [name, fields] of Object.entries(structures)) {
      const [, body] = new RegExp(`typedef struct \\{([^}]*)\\} ${name};`).exec(header) ?? [];
      const declared = [...body.matchAll(/^ {2}(int32_t|float) (\w+);/gm)].map((m) => [m[2], m[1]]);
      expect(declared).toEqual(Object.entries(fields).map(([f, { type }]) => [f, type]));
    }
    expect(wordsOf("State")).toBe(4);
  });

  it("are written as whole numbers or as floats, each at its word", () => {
    const buffer = new ArrayBuffer(4 * 80);
    const memory = { ints: new Int32Array(buffer), floats: new Float32Array(buffer) };
    const numbers = Object.keys(structures.Job).map((field, k) => [field, k + 0.5]);
    layer("Job")(memory, 2, Object.fromEntries(numbers));
    Object.values(structures.Job).forEach(({ type }, k) => {
      expect(type === "float" ? memory.floats[2 + k] : memory.ints[2 + k]).toBe(
        type === "float" ? k + 0.5 : k,
      );
    });
    expect(laidOut("WeightGradient", { gradient: 3, weight: 1, source: 2 })).toEqual([1, 2, 3]);
  });
});
