import { describe, expect, it } from "vitest";
import {
  argumentsOf,
  type PlannedSweep,
  plannedHours,
  runsOf,
} from "../../notebooks/tools/planned-sweep.mts";
import { madeSearch } from "../show/made-search.js";

const plan: PlannedSweep = {
  name: "music",
  data: ["jsb"],
  protocol: "ours",
  rates: 10,
  finalists: 3,
  rateSeeds: 3,
  seeds: 10,
  epochs: 500,
  patience: 500,
};

/** Runs of all units on a set whose epochs take so many processor seconds. */
const timed = (data: string, protocol: "ours" | "authors", seconds: number) =>
  ["tanh", "gru", "lstm"].flatMap((cell) =>
    madeSearch(cell, { data, protocol, seeds: 1 }).map((record) => ({
      ...record,
      curve: record.curve.map((p) => ({ ...p, cpuSeconds: seconds * p.epoch })),
    })),
  );

describe("a planned search", () => {
  it("has ten rates, two more seeds for three of them, and seven more for one: 23 runs a unit and set", () => {
    expect(runsOf(plan)).toBe(3 * 23);
    expect(runsOf({ ...plan, data: ["jsb", "musedata"] })).toBe(2 * 3 * 23);
    expect(runsOf({ ...plan, finalists: 1, rateSeeds: 1, seeds: 3 })).toBe(3 * 12);
  });

  it("takes its records' seconds an epoch, times epochs, times runs", () => {
    expect(plannedHours(plan, timed("jsb", "ours", 0.1))).toBeCloseTo((0.1 * 500 * 69) / 3600, 9);
  });

  it("reckons a set that has no records by this protocol from the other's, by what sets with both cost more", () => {
    const records = [
      ...timed("jsb", "ours", 0.1),
      ...timed("jsb", "authors", 0.2),
      ...timed("musedata", "ours", 1),
    ];
    const authors = { ...plan, data: ["musedata"], protocol: "authors" } as const;
    expect(plannedHours(authors, records)).toBeCloseTo((2 * 500 * 69) / 3600, 9);
  });

  it("is what the command gets, and nothing that was left open", () => {
    const words = argumentsOf({ ...plan, batchSize: 2 }).join(" ");
    expect(words).toBe(
      "--data jsb --cells tanh,gru,lstm --protocol ours --learning-rates 10 --finalists 3 --rate-seeds 3 --seeds 10 --epochs 500 --patience 500 --batch-size 2",
    );
  });
});
