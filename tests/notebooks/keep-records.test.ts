import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readRecords } from "../../lib/sweep/records.js";
import { writeRecord } from "../../lib/train/record-file.js";
import { madeSearch } from "../show/made-search.js";

const tool = resolve(import.meta.dirname, "..", "..", "notebooks", "tools", "keep-records.mts");
const keep = (...args: string[]) =>
  spawnSync(process.execPath, ["--no-warnings", tool, ...args], { encoding: "utf8" });

let from: string;
let to: string;
beforeEach(() => {
  [from, to] = ["from", "to"].map((name) => mkdtempSync(join(tmpdir(), `gated-rnn-keep-${name}-`)));
});
afterEach(() => {
  for (const folder of [from, to]) rmSync(folder, { recursive: true });
});

/** A record with an id of its own, whose curve has digits that nobody needs. */
function put(k: number, status: "finished" | "stopped" | "failed", cell = "gru"): void {
  const [record] = madeSearch(cell);
  const curve = record.curve.map((p) => ({ ...p, trainingNllPerStep: 8 + 1 / 3 }));
  writeRecord(from, { ...record, id: `${k}`.padStart(16, "0"), status, curve });
}

it("brings what has ended, with six digits in its curves, and the next time what has come since", () => {
  put(1, "finished");
  put(2, "stopped");
  put(3, "failed");
  expect(keep(from, to).stdout).toContain("2 new, 0 kept before");
  const kept = readRecords(to);
  expect(kept.map(({ id, status }) => [Number(id), status])).toEqual([
    [1, "finished"],
    [3, "failed"],
  ]);
  expect(kept[0].curve[0].trainingNllPerStep).toBe(8.33333);
  expect(kept[0].results).toEqual(madeSearch("gru")[0].results); // results keep all their digits
  put(4, "finished");
  expect(keep(from, to).stdout).toContain("1 new, 2 kept before");
});

it("takes some data sets or cells alone, and leaves the source as it was", () => {
  put(1, "finished", "gru");
  put(2, "finished", "lstm");
  const before = readdirSync(from).map((name) => readFileSync(join(from, name), "utf8"));
  expect(keep(from, to, "--cells", "lstm").stdout).toContain("1 new");
  expect(readRecords(to).map(({ configuration }) => configuration.cell)).toEqual(["lstm"]);
  expect(keep(from, to, "--data", "musedata").stdout).toContain("0 new");
  expect(readdirSync(from).map((name) => readFileSync(join(from, name), "utf8"))).toEqual(before);
});

it("tells of a file that is no record, and brings the others", () => {
  put(1, "finished");
  writeFileSync(join(from, "jsb-gru-00000000000000ff.json"), "{");
  const { stdout, stderr, status } = keep(from, to);
  expect(stdout).toContain("1 new");
  expect(stderr).toContain("00000000000000ff.json");
  expect(status).toBe(0);
});

it("says what it lacks", () => {
  expect(keep(from)).toMatchObject({ status: 2, stderr: expect.stringContaining("FROM and TO") });
  expect(keep(join(from, "nothing"), to)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^keep: .*expected a folder of records/),
  });
});
