import { expect, it } from "vitest";
import { isComparable, searches } from "../../lib/sweep/searches.js";
import { madeSearch } from "../show/made-search.js";

it("a search is a unit, a set and a protocol; its rates come in order, and its chosen runs by seed", () => {
  const found = searches([
    ...madeSearch("gru", { rates: [3e-3, 1e-3, 2e-3], seeds: 2 }),
    ...madeSearch("gru", { protocol: "authors", seeds: 1 }),
    ...madeSearch("tanh", { data: "musedata" }),
  ]);
  expect(found.map(({ data, cell, protocol }) => [data, cell, protocol])).toEqual([
    ["jsb", "gru", "ours"],
    ["jsb", "gru", "authors"],
    ["musedata", "tanh", "ours"],
  ]);
  expect(found[0].rates).toEqual([1e-3, 2e-3, 3e-3]);
  expect(found[0].runs).toHaveLength(4);
  expect(found[0].chosen.map(({ configuration: c }) => [c.learningRate, c.seed])).toEqual([
    [2e-3, 1],
    [2e-3, 2],
  ]);
});

it("units are compared from the second seed of the chosen rate on", () => {
  expect(searches(madeSearch("gru", { seeds: 1 })).map(isComparable)).toEqual([false]);
  expect(searches(madeSearch("gru", { seeds: 2 })).map(isComparable)).toEqual([true]);
});

it.each([
  [[1e-3, 2e-3, 3e-3], "highest"],
  [[3e-3, 2e-3, 1e-3], "lowest"],
  [[1e-3, 3e-3, 2e-3], undefined],
  [[2e-3], undefined], // one rate is no search, and has no edge
])("of the rates %j, the last the best, the edge is %s", (rates, edge) => {
  expect(searches(madeSearch("gru", { rates }))[0].edge).toBe(edge);
});

it("a search under way, whose best rate so far has one seed, has no edge yet", () => {
  expect(searches(madeSearch("gru", { rates: [1, 2], seeds: 1 }))[0].edge).toBeUndefined();
});

it("where every rate failed there is nothing chosen, and no edge", () => {
  const failed = madeSearch("gru", { rates: [1, 2] }).map((r) => ({
    ...r,
    status: "failed" as const,
  }));
  const [search] = searches(failed);
  expect([search.chosen, search.edge]).toEqual([[], undefined]);
});
