import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  bestRecords,
  filterRecords,
  readRecords,
  recordPlaces,
  recordsCsv,
  recordsFrame,
} from "../../lib/sweep/records.js";
import { writeRecord } from "../../lib/train/record-file.js";
import { madeUpRecord } from "../show/records.js";

const gru = { ...madeUpRecord("gru", { epochs: 2 }), id: "aaaaaaaaaaaaaaaa" };
const worse = {
  ...madeUpRecord("gru", { floor: 9, seed: 2, epochs: 3 }),
  id: "bbbbbbbbbbbbbbbb",
  status: "pruned" as const,
};
const lstm = {
  ...madeUpRecord("lstm", { epochs: 2 }),
  id: "cccccccccccccccc",
  error: 'out of "luck", quite',
};

it("a folder's records are its record files, and nothing else in it", () => {
  const folder = mkdtempSync(join(tmpdir(), "gated-rnn-records-"));
  try {
    for (const record of [lstm, gru]) writeRecord(folder, record);
    writeFileSync(join(folder, "summary.json"), "{}");
    mkdirSync(join(folder, "database"));
    expect(readRecords(folder)).toEqual([gru, lstm]);
    const bad = `jsb-gru-${"d".repeat(16)}.json`;
    writeFileSync(join(folder, bad), "{");
    expect(() => readRecords(folder)).toThrow(bad);
    const problems: string[] = [];
    expect(readRecords(folder, { onBad: ({ message }) => problems.push(message) })).toEqual([
      gru,
      lstm,
    ]);
    expect(problems).toEqual([expect.stringContaining(bad)]);
    rmSync(join(folder, bad));
    expect(recordPlaces([folder])).toEqual([folder]);
    mkdirSync(join(folder, "more", "deep"), { recursive: true });
    const alone = writeRecord(join(folder, "more", "deep"), worse);
    expect(recordPlaces([folder])).toEqual([folder, join(folder, "more", "deep")]);
    expect(recordPlaces([alone, join(folder, "none")])).toEqual([alone, join(folder, "none")]);
    expect(readRecords(alone)).toEqual([worse]);
    expect(() => readRecords(join(folder, "none"))).toThrow(
      /none: expected a folder of records, got ENOENT/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("a filter keeps what fits all of it", () => {
  const all = [gru, worse, lstm];
  expect(filterRecords(all, {})).toEqual(all);
  expect(filterRecords(all, { cells: ["gru"], status: ["finished"] })).toEqual([gru]);
  expect(filterRecords(all, { seeds: [2] })).toEqual([worse]);
  expect(filterRecords(all, { data: ["nottingham"] })).toEqual([]);
});

it("the best of each search has the lowest validation NLL", () => {
  const second = madeUpRecord("gru", { floor: 9, seed: 2, epochs: 2 });
  expect(bestRecords([second, lstm, gru])).toEqual([gru, lstm]);
  expect(bestRecords([second, lstm, gru, worse])).toEqual([gru, lstm, worse]); // of other epochs
});

it("the columns hold a run a row, gradient norms over the epochs", () => {
  const frame = recordsFrame([gru, worse]);
  expect(frame.cell).toEqual(["gru", "gru"]);
  expect(frame.epochs).toEqual([2, 3]);
  expect(frame.testNll).toEqual([gru.results.test.nllPerStep, worse.results.test.nllPerStep]);
  expect([frame.meanGradientNorm, frame.maxGradientNorm, frame.rescaledShare]).toEqual([
    [2, 2],
    [9, 9],
    [0.5, 0.5],
  ]);
  expect(new Set(Object.values(frame).map((column) => column.length))).toEqual(new Set([2]));
});

it("a table in danfojs takes the columns as they are", async () => {
  const { DataFrame } = await import("danfojs-node");
  const frame = new DataFrame(recordsFrame([gru, worse, lstm]));
  expect(frame.shape).toEqual([3, Object.keys(recordsFrame([])).length]);
});

it("CSV has a line of names and quotes what needs it", () => {
  const odd = { ...gru, configuration: { ...gru.configuration, data: 'my "songs", all' } };
  const [head, first, ...rest] = recordsCsv([odd]).split("\r\n");
  expect(head.split(",").slice(0, 3)).toEqual(["run", "data", "cell"]);
  expect(first.startsWith('aaaaaaaaaaaaaaaa,"my ""songs"", all",gru,46,18630,1,0.001,')).toBe(true);
  expect(rest).toEqual([""]);
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("x")'])(
  "text that a spreadsheet would take for a formula, such as %j, is text in CSV, and numbers stay numbers",
  (data) => {
    const losing = { nllPerStep: -1.5, nllPerSequence: -2 };
    const results = { ...gru.results, train: losing };
    const odd = { ...gru, results, configuration: { ...gru.configuration, data } };
    const csv = recordsCsv([odd]);
    const cell = csv.slice(csv.indexOf("aaaaaaaaaaaaaaaa,") + 17).replace(/^"/, "");
    expect(cell.startsWith("'")).toBe(true);
    expect(csv).toContain(",-1.5,");
    expect(recordsFrame([odd]).data).toEqual([data]); // a frame is no spreadsheet
  },
);
