import { readFileSync } from "node:fs";
import { recordFile } from "../train/record-file.js";
import { decodeSafetensors } from "../train/safetensors.js";
import type { SweepQueue } from "./queue.js";
import { readRecords } from "./records.js";

/**
 * Puts the results that a sweep has written into its folder back into a new database; a record alone is a result, its weights may be
 * gone (a repository keeps records, not weights). What is damaged there too, or was stopped, is trained again.
 */
export async function adoptResults(
  queue: SweepQueue,
  folder: string,
  onProblem: (problem: string) => void,
): Promise<void> {
  const records = readRecords(folder, { onBad: (error) => onProblem(error.message) });
  let adopted = 0;
  let weightless = 0;
  for (const record of records) {
    if (record.status === "stopped") continue;
    const { id, configuration, data, code } = record;
    try {
      const weights = weightsOf(id, recordFile(folder, record).replace(/json$/, "safetensors"));
      const run = { id, configuration, checksum: data.checksum, version: code.version };
      await queue.adopt(run, record, weights);
      adopted += 1;
      if (!weights) weightless += 1;
    } catch (error) {
      onProblem(`${(error as Error).message}; run ${id} is trained again`);
    }
  }
  const without = weightless > 0 ? `, ${weightless} of them without their weights` : "";
  onProblem(`${folder}: ${adopted} results taken over into a new database${without}`);
}

function weightsOf(run: string, file: string): Uint8Array | undefined {
  const weights = read(file);
  if (!weights) return undefined;
  const { metadata } = decodeSafetensors(weights, file);
  if (metadata.run !== run)
    throw new Error(`${file}: expected weights of run ${run}, got those of ${metadata.run}`);
  return weights;
}

function read(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
