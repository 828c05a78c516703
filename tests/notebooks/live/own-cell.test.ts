import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gru, parameterCount } from "../../../lib/index.js";
import { firstSource } from "../../../notebooks/live/experiment.ts";
import { lessons } from "../../../notebooks/live/lessons.ts";
import { cellOf, EquationError } from "../../../notebooks/live/own-cell.ts";

const problem = (source: string): EquationError => {
  try {
    cellOf(source);
  } catch (error) {
    return error as EquationError;
  }
  throw new Error("expected equations that are refused");
};

const size = { inputSize: 88, hiddenSize: 10 };

describe("equations that are written in the page", () => {
  it("make the library's cell where they are the library's equations", () => {
    const source = `cell("gru", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
      const r = sigmoid(affine("r", x, h));
      const z = sigmoid(affine("z", x, h));
      const c = tanh(affine("c", x, times(r, h)));
      return { h: plus(times(oneMinus(z), h), times(z, c)) };
    });`;
    expect(parameterCount(cellOf(source), size)).toBe(parameterCount(gru, size));
  });

  it("may be a stack, and may be pasted from a notebook as they stand there", () => {
    expect(cellOf("stack(gru, lstm)").name).toBe("stack(gru,lstm)");
    const notebook = readFileSync(
      new URL("../../../notebooks/10-your-own-cell.ts", import.meta.url),
      "utf8",
    );
    const [pasted] = /^const mgu = cell\([\s\S]*?^\}\);/m.exec(notebook) ?? [""];
    expect(cellOf(`import { cell } from "gated-rnn";\n\n${pasted}`).name).toBe("MGU");
  });

  it("stand in the page and in every lesson such that they record", () => {
    const sources = lessons.flatMap(({ set }) => (set.source ? [set.source] : []));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of [firstSource, ...sources])
      expect(cellOf(source).graph.states).toHaveLength(1);
  });

  it.each([
    [
      "a grammar that is none",
      'cell("a",\n({ hidden: h }) =>\n  ({ h: : h }))',
      3,
      "Unexpected token",
    ],
    ["an end that is missing", 'cell("a", ({ hidden: h }) => ({ h })', 1, "Unexpected token"],
    [
      "a name that is none",
      'cell("a",\n({ input: x, affine }) => {\nreturn { h: affine("h", y) };\n})',
      3,
      "y is not defined",
    ],
    [
      "a word that is none",
      'cell("a",\n\n({ input: x, affinity }) => ({ h: affinity("h", x) }))',
      3,
      "affinity is not a function",
    ],
    [
      "a state without a value",
      'cell("a", ({ input: x, previous, affine }) =>\n({ h: affine("h", x, previous("m")) }))',
      1,
      "m",
    ],
    ["no cell at all", "42", 1, "expected the page's equations to make a cell"],
  ])("are refused at their line for %s", (_, source, line, words) => {
    const refused = problem(source);
    expect(refused).toBeInstanceOf(EquationError);
    expect(refused.message).toContain(words);
    expect(refused.line).toBe(line);
  });
});
