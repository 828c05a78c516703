import { expect, it } from "vitest";
import { commandsBeyond, edgeTable, ratesBeyond } from "../../lib/show/edge-table.js";
import { madeSearch } from "./made-search.js";

const atTheTop = madeSearch("lstm", { rates: [1e-3, 2e-3] });
const inside = madeSearch("gru", { rates: [1e-3, 3e-3, 2e-3] });

it("rates beyond an edge go on in steps of exp(0.6), the mean distance of ten drawn ones", () => {
  expect(ratesBeyond(1e-3, "highest")).toEqual([0.0018, 0.0033, 0.006]);
  expect(ratesBeyond(1e-3, "lowest")).toEqual([0.00055, 0.0003, 0.00017]);
});

it("names the searches at an edge, those alone, and gives the command that looks beyond", () => {
  const { rows } = edgeTable([...atTheTop, ...inside], []);
  expect(rows).toEqual([
    ["JSB Chorales", "LSTM", "ours", "0.0020, the highest", "2", "8.00", "not tried"],
  ]);
  expect(commandsBeyond([...atTheTop, ...inside], [])).toEqual([
    "gated-rnn sweep --data jsb --cells lstm --protocol ours --seed 1 --rates 0.0036,0.0066,0.012 --epochs 30 --patience 30 --batch-size 8 --out runs/beyond",
  ]);
});

it("shows what was found beyond: runs of the first seed, of the same search, on the far side, the nearest first", () => {
  const beyond = [
    ...madeSearch("lstm", { rates: [9e-3, 4e-3], seeds: 2 }),
    ...madeSearch("lstm", { rates: [5e-4, 8e-3], protocol: "authors", seeds: 1 }),
    ...madeSearch("lstm", { rates: [1e-4], seeds: 1 }),
  ];
  expect(edgeTable(atTheTop, beyond).rows[0].at(-1)).toBe("0.0040: 8.00, 0.0090: 9.00");
  const failed = beyond.map((r) => ({ ...r, status: "failed" as const }));
  expect(edgeTable(atTheTop, failed).rows[0].at(-1)).toBe("0.0040: diverges, 0.0090: diverges");
  expect(commandsBeyond(atTheTop, beyond)).toEqual([]);
});
