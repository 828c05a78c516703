import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { GatedRnnError } from "../errors.js";
import { type RunRecord, runRecord } from "./record.js";

/**
 * Writes a record to `folder/DATA-CELL-ID.json`, under a temporary name first and then renamed, so that a record is whole
 * or not there at all. Returns the file's path.
 */
export function writeRecord(folder: string, record: RunRecord): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${record.configuration.data}-${record.configuration.cell}-${record.id}.json`);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, "w");
    try {
      writeSync(descriptor, `${JSON.stringify(record, null, 1)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new GatedRnnError("record", `record: expected to write ${file}, got ${(error as Error).message}`, { cause: error });
  }
  return file;
}

/** Reads a record and checks it against the schema. */
export function readRecord(file: string): RunRecord {
  try {
    return runRecord.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new GatedRnnError(
      "record",
      `record: expected ${file} to be a gated-rnn/run/1 record, got ${(error as Error).message.split("\n")[0]}`,
      {
        cause: error,
      },
    );
  }
}
