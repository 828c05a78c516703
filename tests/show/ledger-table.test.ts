import { expect, it } from "vitest";
import { ledger } from "../../lib/show/ledger.js";
import { ledgerTable } from "../../lib/show/ledger-table.js";
import { paperTable } from "../../lib/show/paper-table.js";
import { madeUpRecord } from "./records.js";

it("has the paper's row as table 2 has it", () => {
  for (const [model, unit] of [
    ["tanh", "tanh"],
    ["GRU", "gru"],
    ["LSTM", "lstm"],
  ] as const) {
    const entry = ledger.find((e) => e.model === model && e.source.startsWith("Chung"));
    for (const row of paperTable.filter(({ kind }) => kind === "music"))
      expect(entry?.test[row.data as keyof typeof entry.test]).toBe(row[unit].test);
  }
});

it("tells of every row its source, and marks what nobody read", () => {
  const { rows } = ledgerTable();
  expect(rows).toHaveLength(ledger.length);
  const unread = rows.filter((row) => row.at(-1)?.endsWith(" *")).map(([model]) => model);
  expect(unread).toEqual(["fast-dropout RNN", "deep DOT(S)-RNN"]);
});

it("puts ours between independent and joint rows, by both means, over the seeds", () => {
  // test NLL 8.5 + 0.2 + seed · 0.1 per step, 0.05 more per piece
  const records = [madeUpRecord("gru"), madeUpRecord("gru", { seed: 2 })];
  const { rows } = ledgerTable([{ title: "made up", records }]);
  const ours = rows.filter((row) => row.at(-1) === "here: made up");
  expect(ours.map((row) => row.slice(3, 6))).toEqual([
    ["steps", "8.85", "–"],
    ["pieces", "8.90", "–"],
  ]);
  expect(ours[0].slice(1, 3)).toEqual(["20 k", "each alone"]);
  const place = rows.indexOf(ours[0]);
  expect(rows.slice(0, place).every((row) => row[2] === "each alone")).toBe(true);
  expect(rows.slice(place + 2).every((row) => row[2] === "together")).toBe(true);
});

it("puts ours that draw chords together last, with all their parameters for their size", () => {
  const [one, other] = [madeUpRecord("gru"), madeUpRecord("gru", { seed: 2 })];
  const sized = (record: typeof one, output: number) => ({
    ...record,
    parameters: { recurrent: 20_000, output },
  });
  const records = [sized(one, 18_000), sized(other, 30_000)];
  const { rows } = ledgerTable([{ title: "NADE", records, output: "joint" }]);
  expect(rows.slice(-2).map((row) => row.slice(1, 4))).toEqual([
    ["38–50 k", "together", "steps"],
    ["38–50 k", "together", "pieces"],
  ]);
});
