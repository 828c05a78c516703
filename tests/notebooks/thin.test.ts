import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readRecord, writeRecord } from "../../lib/train/record-file.js";
import { thinned } from "../../notebooks/tools/thin.mts";
import { madeUpRecord } from "../show/records.js";

it("a thinned record is the same but for its curve, which keeps its shape, its best and its end", () => {
  const whole = madeUpRecord("gru", { epochs: 178 });
  const record = { ...whole, bestEpoch: 133, testPieces: { nll: [17.25], steps: [2] } };
  const thin = thinned(record, true);
  expect(thin.curve.map(({ epoch }) => epoch)).toEqual([...[1, 3, 10, 30, 100, 133, 178]]);
  expect({ ...thin, curve: record.curve }).toEqual(record);
  expect(thinned(record, false)).not.toHaveProperty("testPieces");
  const file = writeRecord(mkdtempSync(join(tmpdir(), "gated-rnn-thin-")), thin);
  expect(readRecord(file)).toMatchObject({ id: record.id, curve: thin.curve });
});
