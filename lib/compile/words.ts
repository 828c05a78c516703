import { binaryWords, unaryWords } from "./ops.js";
import type { BinaryWord, UnaryWord, WordName } from "./word-names.js";

/** A value in equations, or a number that stands for one of the same width. */
export type Value<S> = S | number;

/**
 * The element-wise words of all equations: cells, outputs and update rules. What each does stands in compile/ops.ts. A number may
 * stand where a value can.
 */
export type Words<S> = { readonly [word in UnaryWord]: (value: S) => S } & {
  readonly [word in Exclude<BinaryWord, "plus" | "times">]: (left: Value<S>, right: Value<S>) => S;
} & {
  /** first + second + … */
  plus(first: Value<S>, second: Value<S>, ...more: Value<S>[]): S;
  /** first · second · …, element by element */
  times(first: Value<S>, second: Value<S>, ...more: Value<S>[]): S;
  /** factor · value */
  scale(value: S, factor: number): S;
};

/**
 * The words as functions of symbols.
 *
 * @param record writes an operation down
 * @param fail throws, for a number that is not finite
 */
export function elementwiseWords<S extends object>(
  record: (op: WordName, inputs: readonly S[], constant?: number) => S,
  fail: (problem: string) => never,
): Words<S> {
  const finite = (word: string, what: string, value: number) =>
    Number.isFinite(value) ? value : fail(`${word}: expected a finite ${what}, got ${value}`);
  const scale = (value: S, factor: number) =>
    record("scale", [value], finite("scale", "factor", factor));
  const shift = (value: S, amount: number) => record("shift", [value], amount);
  const two = (word: BinaryWord) => (left: Value<S>, right: Value<S>) => {
    for (const side of [left, right]) if (typeof side === "number") finite(word, "number", side);
    if (typeof left === "number" && typeof right === "number")
      return fail(`${word}: expected a value, got two numbers`);
    if (typeof right === "number" && typeof left === "object") {
      if (word === "plus") return shift(left, right);
      if (word === "minus") return shift(left, -right);
      if (word === "times") return scale(left, right);
    }
    if (typeof left === "number" && typeof right === "object") {
      if (word === "plus") return shift(right, left);
      if (word === "minus") return shift(record("negate", [right]), left);
      if (word === "times") return scale(right, left);
    }
    const [a, b] = [left, right].map((v) =>
      typeof v === "number" ? record("constant", [], v) : v,
    );
    return record(word, [a, b]);
  };
  const many =
    (word: BinaryWord) =>
    (first: Value<S>, second: Value<S>, ...more: Value<S>[]) =>
      more.reduce<S>(two(word), two(word)(first, second));
  const unary = Object.fromEntries(
    Object.keys(unaryWords).map((word) => [word, (value: S) => record(word as UnaryWord, [value])]),
  ) as Record<UnaryWord, (value: S) => S>;
  const binary = Object.fromEntries(
    Object.keys(binaryWords).map((word) => [word, two(word as BinaryWord)]),
  ) as Record<BinaryWord, (left: Value<S>, right: Value<S>) => S>;
  return { ...unary, ...binary, plus: many("plus"), times: many("times"), scale };
}
