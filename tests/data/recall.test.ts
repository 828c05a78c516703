import { expect, it } from "vitest";
import { notesAt } from "../../lib/data/piano-roll.js";
import { recallForgotten, recallTask } from "../../lib/data/recall.js";

it("a piece ends with the note that it began with, after the delay", () => {
  const { train, test, keys, lowestNote } = recallTask(6);
  const firsts = new Set<number>();
  for (const roll of [...train, ...test]) {
    expect(roll.length).toBe(8);
    const [first] = notesAt(roll, 0);
    firsts.add(first);
    expect([...notesAt(roll, 7)]).toEqual([first]);
    expect([1, 2, 3, 4, 5, 6].map((t) => notesAt(roll, t)[0])).toEqual([29, 30, 31, 32, 33, 34]);
  }
  expect([...firsts].sort()).toEqual([21, 22, 23, 24, 25, 26, 27, 28]);
  expect([lowestNote, keys]).toEqual([21, 14]);
});

it("who has forgotten pays for eight keys, spread over the steps", () => {
  const entropy = -(1 / 8) * Math.log(1 / 8) - (7 / 8) * Math.log(7 / 8);
  expect(recallForgotten(9)).toBeCloseTo((8 * entropy) / 10, 12);
  expect(() => recallTask(0)).toThrow("expected a delay of 1 to 80 steps, got 0");
});
