import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openData } from "../../data-prep/open.js";
import { gru } from "../../lib/cells/gru.js";
import { readRecords } from "../../lib/sweep/records.js";
import type { RunRecord } from "../../lib/train/record.js";
import { writeRecord } from "../../lib/train/record-file.js";
import { train } from "../../lib/train/train.js";

const tool = resolve(import.meta.dirname, "..", "..", "notebooks", "tools", "add-pieces.mts");
let folder: string;
let whole: RunRecord;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gated-rnn-pieces-"));
  const dataset = await openData("synthetic");
  whole = (await train({ dataset, cell: gru, epochs: 1 })).record;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Leaves a record as the first version had them, runs the tool, and reads what became of it. */
function after(record: RunRecord) {
  const { testPieces: _, ...old } = record;
  writeRecord(folder, old);
  const { status, stdout } = spawnSync(process.execPath, ["--no-warnings", tool, folder], {
    encoding: "utf8",
  });
  return { status, stdout, testPieces: readRecords(folder)[0].testPieces };
}

it("adds the test pieces where the run comes out the same, bit for bit", () => {
  const { status, stdout, testPieces } = after(whole);
  expect(stdout).toContain("the same bits, pieces added");
  expect(testPieces).toEqual(whole.testPieces);
  expect(status).toBe(0);
}, 60_000);

it("leaves a record alone whose run comes out otherwise", () => {
  const { test } = whole.results;
  const other = { ...test, nllPerStep: test.nllPerStep + 1e-9 };
  const { status, stdout, testPieces } = after({
    ...whole,
    results: { ...whole.results, test: other },
  });
  expect(stdout).toContain("OTHER BITS, left alone");
  expect(testPieces).toBeUndefined();
  expect(status).toBe(1);
}, 60_000);
