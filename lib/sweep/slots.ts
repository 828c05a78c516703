import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { GatedRnnError } from "../errors.js";
import { packageFolder } from "../train/provenance.js";
import type { RunConfiguration, RunRecord } from "../train/record.js";

/** A run as plain data, to be carried out by another process. */
export interface RunRequest {
  /** Data set by its name on the command line. */
  readonly data: string;
  readonly cell: string;
  readonly options: Partial<RunConfiguration>;
  readonly engine: string;
  readonly backend?: string;
  readonly threads: number;
}

export interface RunProgress {
  readonly kind: "progress";
  /** Share of the run's epochs done, 0 … 1. */
  readonly share: number;
  readonly epoch: number;
  readonly nllPerStep: number;
  readonly valid: number | null;
}

export type ChildMessage =
  | RunProgress
  | { readonly kind: "record"; readonly record: RunRecord }
  | { readonly kind: "error"; readonly message: string };

export interface SlotOptions {
  /** Runs side by side, each in a process of its own. */
  readonly slots: number;
  /** Lets the runs in progress end after their update, with records of status "stopped", and starts no more. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (run: number, progress: RunProgress) => void;
  readonly onRecord?: (run: number, record: RunRecord) => void;
}

/**
 * Carries out independent runs, `slots` of them at a time. Resolves to the records in the order of the requests; after a stop,
 * those of the runs that were never started are missing.
 *
 * @throws GatedRnnError `engine` when a child process dies or fails; the other runs in progress are stopped first
 */
export async function runAll(requests: readonly RunRequest[], { slots, signal, onProgress, onRecord }: SlotOptions): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  const children = new Set<ChildProcess>();
  const stop = () => {
    for (const child of children) if (child.connected) child.send("stop");
  };
  signal?.addEventListener("abort", stop);
  let next = 0;
  let failure: unknown;
  const slot = async () => {
    while (next < requests.length && !signal?.aborted && failure === undefined) {
      const index = next++;
      try {
        const record = await runInChild(requests[index], children, (progress) => onProgress?.(index, progress));
        records[index] = record;
        onRecord?.(index, record);
      } catch (error) {
        failure ??= error;
        stop();
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

function runInChild(request: RunRequest, children: Set<ChildProcess>, onProgress: (p: RunProgress) => void): Promise<RunRecord> {
  return new Promise((resolve, reject) => {
    const child = fork(join(packageFolder(), "dist", "lib", "sweep", "child.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    children.add(child);
    const failed = (problem: string) => reject(new GatedRnnError("engine", `run ${request.cell} on ${request.data}: ${problem}`));
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "progress") onProgress(message);
      else if (message.kind === "record") resolve(message.record);
      else failed(message.message);
    });
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, killer) => {
      children.delete(child);
      failed(`expected a record, got the end of its process (${killer ?? `exit code ${code}`})`); // nothing, when it is settled already
    });
    child.send(request);
  });
}
