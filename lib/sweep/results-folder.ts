import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../files/folder.js";
import { tryFolder } from "../files/place.js";
import { readSealed, sealed } from "../files/sealed-json.js";
import { writeWholeFile } from "../files/whole-file.js";
import { checkpointFile, removeCheckpoint } from "../train/checkpoint.js";
import type { RunRecord } from "../train/record.js";
import { recordFile, recordText, writeRecord } from "../train/record-file.js";
import { type SweepStatus, sweepStatus } from "./status.js";
import { type SweepSummary, sweepSummary } from "./summary.js";

/** Where a sweep's database, status and summary lie in its folder. */
export const databaseFolder = (folder: string) => join(folder, "database");
export const statusFile = (folder: string) => join(folder, "status.json");
export const summaryFile = (folder: string, plan?: string) =>
  join(folder, plan === undefined ? "summary.json" : `summary-${plan}.json`);

/**
 * Writes a run's record and weights beside each other, unless they are there, and removes its checkpoint. The database has the
 * result already: what a crash leaves out here is made up for on the next start.
 *
 * @throws GatedRnnError `record` when a file cannot be written
 */
export async function writeResult(
  folder: string,
  record: RunRecord,
  weights: () => Promise<Uint8Array | undefined>,
): Promise<void> {
  const file = recordFile(folder, record);
  const weightsFile = file.replace(/json$/, "safetensors");
  if (!isWritten(file, record) || !existsSync(weightsFile)) {
    const bytes = await weights();
    if (bytes) writeWholeFile(weightsFile, bytes);
    writeRecord(folder, record);
  }
  removeCheckpoint(checkpointFile(folder, record.id));
}

/** Whether a file holds just this record: the same run may have left another that was stopped or pruned. */
function isWritten(file: string, record: RunRecord): boolean {
  return existsSync(file) && readFileSync(file, "utf8") === recordText(record);
}

/** A supervisor that serves several plans gives each summary its plan's name. */
export function writeSummary(folder: string, summary: SweepSummary, plan?: string): void {
  writeWholeFile(summaryFile(folder, plan), `${JSON.stringify(sealed(summary), null, 1)}\n`);
}

/**
 * Reads a summary that a sweep has written.
 *
 * @throws GatedRnnError `record` when there is none, or it is damaged
 */
export function readSummary(file: string): SweepSummary {
  return readSealed(file, sweepSummary, { expected: "a gated-rnn/sweep/1 summary", remedy });
}

/** @throws GatedRnnError `record` when there is none, or it is damaged */
export function readStatus(file: string): SweepStatus {
  return readSealed(file, sweepStatus, {
    expected: "a gated-rnn/sweep-status/1 file",
    remedy: "a running sweep writes it anew every second",
  });
}

/** What to do about a file that is damaged: a sweep whose runs are done writes it anew at once. */
const remedy = "give the sweep's command again";

/** Replaces the status in one step; it is news, and not worth waiting for the disk. */
export function writeStatus(folder: string, status: SweepStatus): void {
  const file = statusFile(folder);
  writeFileSync(`${file}.${process.pid}.tmp`, JSON.stringify(sealed(status)));
  renameSync(`${file}.${process.pid}.tmp`, file);
}

/**
 * Makes the folder, and removes what processes that were killed while they wrote have left in it: all of it when nobody else
 * can be at work there, what is old otherwise.
 *
 * @throws GatedRnnError `record` when it cannot be made
 */
export function prepareFolder(folder: string, exclusive: boolean): void {
  tryFolder(join(folder, "checkpoints"));
  makeFolder(folder);
  for (const place of [folder, join(folder, "checkpoints")]) {
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place)) {
      const file = join(place, name);
      if (
        /\.\d+\.tmp$/.test(name) &&
        (exclusive || Date.now() - statSync(file).mtimeMs > abandonedAfter)
      )
        rmSync(file, { recursive: true, force: true });
    }
  }
}

/** No file takes so long to write, in ms. */
const abandonedAfter = 60_000;
