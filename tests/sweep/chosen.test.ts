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

it("where one rate alone has more seeds, it is chosen by the first seed's validation NLL, and all its seeds come", () => {
  const runs = [
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

it("where several rates have more seeds, the mean over those seeds chooses among them", () => {
  const runs = [
    ...[run(0.1, 1, 3), run(0.1, 2, 9), run(0.1, 3, 9)], // the best with the first seed
    ...[run(0.2, 1, 4), run(0.2, 2, 4), run(0.2, 3, 4), run(0.2, 4, 99)], // a fourth seed is not compared
    ...[run(0.3, 1, 5), run(0.3, 2, 1), run(0.3, 3, 1, "failed")],
    run(0.4, 1, 6),
  ];
  expect(chosenRecords(runs).map(({ configuration: c }) => [c.learningRate, c.seed])).toEqual([
    [0.2, 1],
    [0.2, 2],
    [0.2, 3],
    [0.2, 4],
  ]);
});

it("the protocols are searches of their own", () => {
  const theirs = (rate: number, valid: number) => {
    const one = run(rate, 1, valid);
    return { ...one, configuration: { ...one.configuration, protocol: "authors" as const } };
  };
  const runs = [run(0.1, 1, 1), run(0.2, 1, 2), theirs(0.1, 9), theirs(0.2, 8)];
  expect(chosenRecords(runs).map(({ configuration: c }) => [c.protocol, c.learningRate])).toEqual([
    ["ours", 0.1],
    ["authors", 0.2],
  ]);
});

it("a run whose last epoch is its best was still learning, unless it ended by itself", () => {
  const one = run(0.1, 1, 1);
  const curve = Array.from({ length: 200 }, () => one.curve[0]);
  const of = (bestEpoch: number, epochs: number) =>
    isStillLearning({ ...one, bestEpoch, curve, configuration: { ...one.configuration, epochs } });
  expect([of(199, 200), of(150, 200), of(199, 300)]).toEqual([true, false, false]);
});

it("runs that differ in anything but rate and seed are searches of their own", () => {
  const wide = (rate: number, valid: number, more: object) => {
    const one = run(rate, 1, valid);
    return { ...one, configuration: { ...one.configuration, ...more } };
  };
  const runs = [
    run(0.1, 1, 4),
    run(0.2, 1, 3),
    wide(0.1, 1, { hiddenSize: 150 }),
    wide(0.2, 2, { hiddenSize: 150 }),
    wide(0.1, 2, { output: "nade(64)" }),
    wide(0.2, 1, { output: "nade(64)" }),
    wide(0.1, 9, { weightNoise: 0 }),
  ];
  expect(chosenRecords(runs)).toEqual([runs[1], runs[2], runs[5], runs[6]]);
});
