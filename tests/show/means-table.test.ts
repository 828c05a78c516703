import { expect, it } from "vitest";
import { meansTable } from "../../lib/show/means-table.js";
import { madeSearch } from "./made-search.js";

it("says how far ours are from the paper's by either mean, and which is nearer", () => {
  // the paper's GRU on JSB: train 6.94, test 8.54; made: per piece half a nat below per step
  const { rows } = meansTable([
    ...madeSearch("gru", { test: 9, seeds: 2 }),
    ...madeSearch("gru", { test: 8.2, seeds: 2, protocol: "authors" }),
    ...madeSearch("tanh", { seeds: 1 }), // under way
  ]);
  const last = `+${(8.5 + 5.5 * Math.exp(-29 / 6) + 0.075 - 0.2 - 6.94).toFixed(2)}`;
  expect(rows).toEqual([
    ["JSB Chorales", "GRU", "ours", "+0.46", "−0.04", "piece", "+1.06", "+0.56", last],
    ["", "GRU", "authors'", "−0.34", "−0.84", "step", "+0.26", "−0.24", last],
  ]);
});
