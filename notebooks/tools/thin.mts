// Copies records with fewer points of their curves, so that hundreds of them can be committed:
// node notebooks/tools/thin.mts FROM TO
// Kept are epochs 1, 3, 10, 30, 100, 300, the best and the last, at six digits; and the test pieces of runs of a chosen learning rate.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chosenRecords, type RunRecord, readRecords, writeRecord } from "gated-rnn/sweep";

const kept = new Set([1, 3, 10, 30, 100, 300]);

/** The record with a curve that a picture can still be drawn of, with its test pieces or without. */
export function thinned({ testPieces, ...record }: RunRecord, hasPieces: boolean): RunRecord {
  const { curve, bestEpoch } = record;
  const last = curve.at(-1)?.epoch;
  const short = (value: unknown) => JSON.parse(JSON.stringify(value, sixDigits));
  return {
    ...record,
    ...(hasPieces && testPieces ? { testPieces } : {}),
    curve: curve
      .filter(({ epoch }) => kept.has(epoch) || epoch === bestEpoch || epoch === last)
      .map((point) => short(point) as typeof point),
  };
}

const sixDigits = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to, ...rest] = process.argv.slice(2);
  if (from === undefined || to === undefined || rest.length > 0 || from === to) {
    process.stderr.write("thin: expected a folder of records and another to copy them to\n");
    process.exit(2);
  }
  mkdirSync(to, { recursive: true });
  const records = readRecords(from);
  const chosen = new Set(chosenRecords(records).map(({ id }) => id));
  for (const record of records) writeRecord(to, thinned(record, chosen.has(record.id)));
  console.log(`${records.length} records → ${to}`);
}
