import { expect, it } from "vitest";
import { runsOf, standing } from "../../lib/sweep/choice.js";
import type { Group, PlannedRun } from "../../lib/sweep/plan.js";
import type { RunRecord } from "../../lib/train/record.js";
import { madeUpRecord } from "../show/records.js";

const made = madeUpRecord("gru");
const planned = (learningRate: number, seed: number): PlannedRun => ({
  id: `${learningRate} ${seed}`,
  configuration: { ...made.configuration, learningRate, seed },
  checksum: "",
  version: "",
});
const groupOf = (finalists: number, rateSeeds: number, seeds: number[]): Group => ({
  data: "jsb",
  cell: "gru",
  candidates: [1, 2, 3, 4].map((rate) => planned(rate, seeds[0])),
  finalists,
  rateSeeds,
  seeds,
  run: planned,
});

/** Goes on until nothing more is due: the validation NLL of every run is a function of rate and seed. */
function search(group: Group, valid: (rate: number, seed: number) => number | "failed" | "dead") {
  const records = new Map<string, RunRecord>();
  const dead = new Set<string>();
  const order: string[] = [];
  for (;;) {
    const now = standing(group, records, (id) => records.has(id) || dead.has(id));
    const due = now.stages.flat().filter(({ id }) => !order.includes(id));
    if (due.length === 0) return { order, ...now };
    expect(now.done).toBe(false);
    for (const { id, configuration } of due) {
      order.push(id);
      const found = valid(configuration.learningRate, configuration.seed);
      if (found === "dead") dead.add(id);
      else
        records.set(id, {
          ...made,
          id,
          configuration,
          status: found === "failed" ? "failed" : "finished",
          results: {
            ...made.results,
            valid: { nllPerStep: found === "failed" ? 0 : found, nllPerSequence: 0 },
          },
        });
    }
  }
}

it("by default the best rate with the first seed gets all seeds: the paper's choice", () => {
  const group = groupOf(1, 1, [7, 8, 9]);
  const { order, best, done } = search(group, (rate, seed) => (rate === 3 ? seed : 9));
  expect(order).toEqual(["1 7", "2 7", "3 7", "4 7", "3 8", "3 9"]);
  expect(best?.map(({ id }) => id)).toEqual(["3 7", "3 8", "3 9"]);
  expect(done).toBe(true);
  expect(runsOf(group)).toBe(order.length);
});

it("the finalists are compared by the mean over their seeds, and only the chosen one goes on", () => {
  const group = groupOf(2, 3, [1, 2, 3, 4, 5]);
  // 2 is the best with the first seed, 4 by the mean of three
  const score = (rate: number, seed: number) =>
    rate === 2 ? [1, 9, 9][seed - 1] : rate === 4 ? 2 : 5 + rate;
  const { order, best, done } = search(group, score);
  expect(order).toEqual([
    ...["1 1", "2 1", "3 1", "4 1"],
    ...["2 2", "2 3", "4 2", "4 3"],
    ...["4 4", "4 5"],
  ]);
  expect(best?.map(({ id }) => id)).toEqual(["4 1", "4 2", "4 3", "4 4", "4 5"]);
  expect(done).toBe(true);
  expect(runsOf(group)).toBe(order.length);
});

it("a rate that fails with any of its seeds comes last, and one given up does not count", () => {
  const fails = (rate: number, seed: number) =>
    rate === 1 && seed === 2 ? "failed" : rate === 2 ? "dead" : rate;
  expect(search(groupOf(2, 2, [1, 2]), fails).best?.map(({ id }) => id)).toEqual(["3 1", "3 2"]);
});

it("a search of which every run is given up ends without a choice", () => {
  expect(search(groupOf(2, 2, [1, 2]), () => "dead")).toMatchObject({
    best: undefined,
    done: true,
  });
});
