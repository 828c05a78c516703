import { join } from "node:path";
import { GatedRnnError } from "../errors.js";
import { readSealed, sealed } from "../files/sealed-json.js";
import { writeWholeFile } from "../files/whole-file.js";
import { type RunRecord, runRecord } from "./record.js";

/**
 * Where a run's record goes in a folder: `DATA-CELL-ID.json`, without the parentheses and commas of a stack's name. Names may come
 * from anywhere: what could lead out of the folder, or means something to a file system, is an underscore here; the id tells runs apart.
 */
export function recordFile(
  folder: string,
  { configuration, id }: Pick<RunRecord, "configuration" | "id">,
): string {
  const cell = configuration.cell.replace(/[(),]+/g, "-").replace(/-$/, "");
  const name = [configuration.data, cell, id].map(inFileName).join("-");
  return join(folder, `${name}.json`);
}

const inFileName = (name: string) =>
  name.replaceAll(/^\.|[^\p{L}\p{N}\p{M} ._+-]/gu, "_").slice(0, 80);

/** A record as its file holds it: with the checksum of all that it says, an epoch of the curve to a line. */
export function recordText(whole: RunRecord): string {
  const { curve, ...record } = sealed(whole);
  const lines = curve.map((point) => `\n  ${JSON.stringify(point)}`);
  return `${JSON.stringify({ ...record, curve: [] }, null, 1).replace(/\[\](?=\n\}$)/, `[${lines.join()}\n ]`)}\n`;
}

/**
 * Writes a record to its place in a folder, whole or not at all. Returns the file's path.
 *
 * @throws GatedRnnError `record` for what the schema refuses, such as an NLL that is not a finite number
 */
export function writeRecord(folder: string, record: RunRecord): string {
  const checked = runRecord.safeParse(record);
  if (!checked.success) {
    const [{ path, message }] = checked.error.issues;
    throw new GatedRnnError(
      "record",
      `record: expected ${path.join(".")} as published, got: ${message}`,
    );
  }
  const file = recordFile(folder, record);
  writeWholeFile(file, recordText(record));
  return file;
}

/**
 * Reads a record and checks it against the schema and, where it has one, its checksum: records of before there were any have none.
 *
 * @throws GatedRnnError `record` when it cannot be read, is damaged, was changed by hand, or is no record
 */
export function readRecord(file: string): RunRecord {
  return readSealed(file, runRecord, {
    expected: "a gated-rnn/run/1 record",
    remedy:
      'remove it to have its run trained again, or, if it was changed on purpose, delete its "checksum"',
  });
}
