import { expect, it } from "vitest";
import { pairedTest } from "../../lib/statistics/paired-test.js";

it("counts all signs", () => {
  expect(pairedTest([1, 2, 3], [0, 0, 0])).toEqual({
    pairs: 3,
    mean: 2,
    agreeing: 3,
    pValue: 0.25,
    exact: true,
  });
  // differences 1, 1, −1: |sum| = 1; of the eight ways all have |sum| ≥ 1
  expect(pairedTest([1, 1, 0], [0, 0, 1]).pValue).toBe(1);
  // 3, 1, 1, −1: sum 4; |±3±1±1±1| ≥ 4 in 3 + 1 ways of each sign
  expect(pairedTest([3, 1, 1, 0], [0, 0, 0, 1])).toMatchObject({
    mean: 1,
    agreeing: 3,
    pValue: 0.5,
  });
});

it("draws signs beyond 20 pairs, and agrees there with the normal approximation", () => {
  // 30 differences of 1 and 10 of −1: the sum of 40 random signs has deviation √40, and 20 or more
  // on either side has the probability 0.0022 by the binomial distribution
  const a = Array.from({ length: 40 }, (_, i) => (i < 30 ? 1 : -1));
  const zeros = a.map(() => 0);
  const { pValue, exact } = pairedTest(a, zeros);
  expect(exact).toBe(false);
  expect(pValue).toBeGreaterThan(0.0016);
  expect(pValue).toBeLessThan(0.0029);
  expect(pairedTest(a, zeros)).toEqual(pairedTest(a, zeros)); // a function of its seed
  expect(pairedTest(a, zeros, { seed: 2 }).pValue).not.toBe(pValue);
});

it("never gives a sampled p-value of 0", () => {
  const far = Array.from({ length: 60 }, (_, i) => 1 + i);
  const none = far.map(() => 0);
  expect(pairedTest(far, none, { samples: 999 }).pValue).toBe(1 / 1000);
});

it("gives 20 pairs and 21 pairs of one kind about the same p-value", () => {
  const values = Array.from({ length: 21 }, (_, i) => Math.sin(i) + 0.3);
  const counted = pairedTest(values.slice(0, 20), new Array(20).fill(0)).pValue;
  const padded = [...values.slice(0, 20), 0]; // a pair without a difference changes nothing
  expect(pairedTest(padded, new Array(21).fill(0)).pValue).toBeCloseTo(counted, 2);
});

it("refuses what are no pairs", () => {
  expect(() => pairedTest([1], [])).toThrow("at least one, got 1 and 0");
  expect(() => pairedTest([], [])).toThrow("at least one, got 0 and 0");
  expect(() => pairedTest([Number.NaN], [1])).toThrow("expected finite numbers");
  expect(() => pairedTest([1], [1], { samples: 0 })).toThrow("1 sample or more, got 0");
});
