import { expect, it } from "vitest";
import { holm } from "../../lib/statistics/holm.js";

it("multiplies by how many are left, and never falls", () => {
  // sorted 0.01 · 4, 0.02 · 3, 0.03 · 2, 0.04 · 1, each at least the one before
  expect(holm([0.02, 0.04, 0.01, 0.03])).toEqual([0.06, 0.06, 0.04, 0.06]);
  expect(holm([0.5, 0.9])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

it("refuses what is no probability", () => {
  expect(() => holm([0.1, Number.NaN])).toThrow("from 0 to 1, got NaN");
  expect(() => holm([1.2])).toThrow("from 0 to 1, got 1.2");
});
