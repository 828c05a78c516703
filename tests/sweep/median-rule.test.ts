import { expect, it } from "vitest";
import { bestSoFar, isHopeless } from "../../lib/sweep/median-rule.js";

const flat = (nll: number, epochs: number) => bestSoFar(Array.from({ length: epochs }, () => nll));

it("a run is judged by its lowest validation NLL so far, not by its last", () => {
  expect(bestSoFar([3, 1, 2, 0.5])).toEqual([3, 1, 1, 0.5]);
});

it("a run above the median of the others at its epoch is hopeless, one at it or below is not", () => {
  const others = [flat(1, 12), flat(2, 12), flat(3, 12)];
  expect(isHopeless(flat(2.1, 12), others)).toBe(true);
  expect(isHopeless(flat(2, 12), others)).toBe(false);
  expect(isHopeless(flat(0.5, 12), others)).toBe(false);
  expect(isHopeless(flat(2.6, 12), [...others, flat(4, 12)])).toBe(true); // an even number: the mean of the middle two
  expect(isHopeless(flat(2.4, 12), [...others, flat(4, 12)])).toBe(false);
});

it("nobody is judged in the first ten epochs, nor by fewer than three that have come as far", () => {
  const others = [flat(1, 12), flat(1, 12), flat(1, 12)];
  expect(isHopeless(flat(9, 9), others)).toBe(false);
  expect(isHopeless(flat(9, 10), others)).toBe(true);
  expect(isHopeless(flat(9, 10), [...others.slice(1), flat(1, 9)])).toBe(false);
});
