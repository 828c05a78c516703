import type { RunRecord } from "../train/record.js";
import { type RunProcess, type RunProgress, type RunRequest, startRun } from "./run-process.js";

interface SlotOptions {
  /** Runs side by side, each in a process of its own. */
  readonly slots: number;
  /** Lets the runs in progress end after their update, with records of status "stopped", and starts no more. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (run: number, progress: RunProgress) => void;
  readonly onRecord?: (run: number, record: RunRecord) => void;
}

/**
 * Carries out a list of runs on this machine, `slots` of them at a time. Resolves to the records in the order of the requests;
 * after a stop, those of the runs that were never started are missing. A sweep that outlives its process is `sweep`.
 *
 * @throws GatedRnnError `engine` when a child process dies or fails; the other runs in progress are stopped first
 */
export async function runAll(
  requests: readonly RunRequest[],
  { slots, signal, onProgress, onRecord }: SlotOptions,
): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  const running = new Set<RunProcess>();
  const stop = () => {
    for (const run of running) run.stop();
  };
  signal?.addEventListener("abort", stop);
  let next = 0;
  let failure: unknown;
  const slot = async () => {
    while (next < requests.length && !signal?.aborted && failure === undefined) {
      const index = next++;
      const run = startRun(requests[index], (progress) => onProgress?.(index, progress));
      running.add(run);
      try {
        const end = await run.end;
        if (end.kind !== "record") continue;
        records[index] = end.record;
        onRecord?.(index, end.record);
      } catch (error) {
        failure ??= error;
        stop();
      } finally {
        running.delete(run);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(slots, requests.length) }, slot));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  if (failure !== undefined) throw failure;
  return records.filter(() => true); // without the holes of runs that never started
}
