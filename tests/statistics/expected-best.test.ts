import { expect, it } from "vitest";
import { expectedBest } from "../../lib/statistics/expected-best.js";

it("is the mean for one, the lowest for all, and the mean of the lower of pairs for two", () => {
  const [one, two, three] = expectedBest([3, 1, 2]);
  expect(one).toBeCloseTo(2, 12);
  expect(two).toBeCloseTo((1 + 1 + 2) / 3, 12); // pairs 12, 13, 23
  expect(three).toBe(1);
});

it("equals the mean over all subsets, counted one by one", () => {
  const values = [4.1, 3.7, 3.9, 8, 3.6, 5.5, 3.65];
  const found = expectedBest(values);
  values.forEach((_, less) => {
    const lowest: number[] = [];
    for (let subset = 0; subset < 2 ** values.length; subset++) {
      const drawn = values.filter((_, i) => (subset >> i) & 1);
      if (drawn.length === less + 1) lowest.push(Math.min(...drawn));
    }
    expect(found[less]).toBeCloseTo(lowest.reduce((a, b) => a + b, 0) / lowest.length, 10);
  });
});

it("lets failed runs stand as Infinity where fewer are drawn than failed, and no further", () => {
  const found = expectedBest([2, 1, Number.POSITIVE_INFINITY]);
  expect(found[0]).toBe(Number.POSITIVE_INFINITY);
  expect(found[1]).toBeCloseTo((1 + 1 + 2) / 3, 12);
  expect(found[2]).toBe(1);
});

it("refuses no values, and NaN", () => {
  expect(() => expectedBest([])).toThrow("at least one value");
  expect(() => expectedBest([1, Number.NaN])).toThrow("no NaN");
});
