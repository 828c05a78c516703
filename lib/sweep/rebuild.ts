import { readFileSync } from "node:fs";
import { recordFile } from "../train/record-file.js";
import { decodeSafetensors } from "../train/safetensors.js";
import type { SweepQueue } from "./queue.js";
import { readRecords } from "./records.js";

/**
 * Puts the results that a sweep has written into its folder back into a new database. What is damaged there too, or was stopped, is
 * trained again.
 */
export async function adoptResults(
  queue: SweepQueue,
  folder: string,
  onProblem: (problem: string) => void,
): Promise<void> {
  const records = readRecords(folder, { onBad: (error) => onProblem(error.message) });
  let adopted = 0;
  for (const record of records) {
    if (record.status === "stopped") continue;
    const { id, configuration, data, code } = record;
    const file = recordFile(folder, record).replace(/json$/, "safetensors");
    try {
      const weights = readFileSync(file);
      const { metadata } = decodeSafetensors(weights, file);
      if (metadata.run !== id)
        throw new Error(`${file}: expected weights of run ${id}, got those of ${metadata.run}`);
      const run = { id, configuration, checksum: data.checksum, version: code.version };
      await queue.adopt(run, record, weights);
      adopted += 1;
    } catch (error) {
      onProblem(`${(error as Error).message}; run ${id} is trained again`);
    }
  }
  onProblem(`${folder}: ${adopted} results taken over into a new database`);
}
