import { expect, it } from "vitest";
import { chosenRecords, isStillLearning } from "../../lib/sweep/chosen.js";
import { madeUpRecord } from "../show/records.js";

const run = (
  learningRate: number,
  seed: number,
  valid: number,
  status: "finished" | "failed" = "finished",
  cell = "gru",
) => {
  const one = madeUpRecord(cell, { seed });
  const splitNll = { nllPerStep: valid, nllPerSequence: valid };
  return {
    ...one,
    status,
    configuration: { ...one.configuration, learningRate },
    results: { ...one.results, valid: splitNll },
  };
};

it("the rate is chosen by the first seed's validation NLL, and all its seeds come", () => {
  const runs = [
    run(0.1, 2, 1),
    run(0.1, 1, 5),
    run(0.2, 1, 4),
    run(0.3, 1, 3, "failed"),
    run(0.2, 3, 9),
    run(0.2, 2, 8),
    run(0.5, 1, 7, "finished", "lstm"),
  ];
  expect(
    chosenRecords(runs).map(({ configuration: c }) => [c.cell, c.learningRate, c.seed]),
  ).toEqual([
    ["gru", 0.2, 1],
    ["gru", 0.2, 2],
    ["gru", 0.2, 3],
    ["lstm", 0.5, 1],
  ]);
});

it("a run whose last epoch is its best was still learning, unless it ended by itself", () => {
  const one = run(0.1, 1, 1);
  const curve = Array.from({ length: 200 }, () => one.curve[0]);
  const of = (bestEpoch: number, epochs: number) =>
    isStillLearning({ ...one, bestEpoch, curve, configuration: { ...one.configuration, epochs } });
  expect([of(199, 200), of(150, 200), of(199, 300)]).toEqual([true, false, false]);
});
