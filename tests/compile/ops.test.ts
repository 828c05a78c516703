import { describe, expect, it } from "vitest";
import { binaryWords, operations, unaryWords, type Word, words } from "../../lib/compile/ops.js";
import type {
  BinaryWord,
  ElementwiseOp,
  UnaryWord,
  WordName,
} from "../../lib/compile/word-names.js";

/** A word's derivative at numbers, by the table's own operations. */
function slopesAt(word: Word, inputs: readonly number[], g: number, k: number): readonly number[] {
  const [a = 0, b = 0] = inputs;
  const of = (op: ElementwiseOp, ...[x = 0, y = 0, z = 0]: number[]) =>
    operations[op].value(x, y, z, 0);
  const scaled = (value: number, factor: number) => value * factor;
  return word.derivative({ g, y: word.value(a, b, 0, k), a, b, k, of, scaled });
}

function differences(word: Word, inputs: readonly number[], k: number): number[] {
  const h = 1e-6;
  return inputs.map((_, i) => {
    const at = (shift: number) => {
      const [a = 0, b = 0] = inputs.map((v, j) => (i === j ? v + shift : v));
      return word.value(a, b, 0, k);
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}

const points = [-2.3, -0.7, 0.4, 1.6, 4.5];

describe("the derivative of a word", () => {
  it.each(Object.keys(unaryWords) as UnaryWord[])("%s is that of its value", (name) => {
    const word = unaryWords[name];
    const inside = ["log", "sqrt", "logGamma"].includes(name) ? points.map(Math.abs) : points;
    for (const a of inside)
      for (const g of [1, -0.3])
        expect(slopesAt(word, [a], g, 0)[0], `at ${a}`).toBeCloseTo(
          g * differences(word, [a], 0)[0],
          6,
        );
  });

  it.each(Object.keys(binaryWords) as BinaryWord[])("%s is that of its value", (name) => {
    const word = binaryWords[name];
    for (const a of points)
      for (const b of points.map((v) => v + 0.1)) {
        const expected = differences(word, [a, b], 0);
        slopesAt(word, [a, b], 0.7, 0).forEach((slope, i) => {
          expect(slope, `at ${a}, ${b}`).toBeCloseTo(0.7 * expected[i], 6);
        });
      }
  });

  it.each(["scale", "shift"] as const)("%s is that of its value", (name) => {
    const [slope] = slopesAt(words[name], [1.3], 0.7, -2.5);
    expect(slope).toBeCloseTo(0.7 * differences(words[name], [1.3], -2.5)[0], 8);
  });
});

describe("the table of operations", () => {
  it("has hand-worked values at points", () => {
    const at = (op: ElementwiseOp, ...[a = 0, b = 0, c = 0, k = 0]: number[]) =>
      operations[op].value(a, b, c, k);
    expect(at("logGamma", 1)).toBeCloseTo(0, 14);
    expect(at("logGamma", 6)).toBeCloseTo(Math.log(120), 12);
    expect(at("logGamma", 0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(at("digamma", 1)).toBeCloseTo(-0.5772156649015329, 13);
    expect(at("softplus", 1000)).toBe(1000);
    expect([at("maximum", 2, 3), at("minimum", 2, 3)]).toEqual([3, 2]);
    expect([at("whereLess", 5, 1, 2), at("whereLess", 5, 2, 2)]).toEqual([5, 0]);
    expect([at("whereNotLess", 5, 1, 2), at("whereNotLess", 5, 2, 2)]).toEqual([0, 5]);
    expect([at("withSignOf", 5, -1), at("withSignOf", 5, 0)]).toEqual([-5, 0]);
    expect(at("timesPlus", 2, 3, 4)).toBe(10);
  });

  it("says in C and WGSL what it reads: each of its inputs, and no other", () => {
    for (const [op, { inputs, c, wgsl }] of Object.entries(operations))
      for (const text of [c, wgsl]) {
        const letters = new Set(text.match(/\b[abc]\b/g) ?? []);
        expect([...letters].sort(), op).toEqual(["a", "b", "c"].slice(0, inputs));
      }
  });

  it("shows every word in an equation", () => {
    for (const name of Object.keys(words) as WordName[])
      expect(words[name].latex.text("a", words[name].inputs > 1 ? "b" : "", 0.5)).not.toMatch(
        /undefined|, \)/,
      );
    expect(words.shift.latex.text("a", "", -1e-7)).toBe("a - 10^{-7}");
  });
});
