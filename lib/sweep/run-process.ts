import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type ErrorCode, GatedRnnError } from "../errors.js";
import { packageFolder } from "../train/provenance.js";
import type { EpochPoint, RunConfiguration, RunRecord } from "../train/record.js";

/** A run as plain data, to be carried out by another process. */
export interface RunRequest {
  /** Data set by its name on the command line. */
  readonly data: string;
  readonly cell: string;
  readonly options: Partial<RunConfiguration>;
  /** Default: the fastest that runs on this machine. */
  readonly engine?: string;
  readonly backend?: string;
  readonly threads: number;
  /** With a checkpoint, a run that is stopped leaves that and no record, and goes on from it when it is asked for again. */
  readonly checkpoint?: { readonly file: string; readonly seconds?: number };
}

export interface RunProgress {
  readonly kind: "progress";
  /** Share of the run's epochs done, 0 … 1. */
  readonly share: number;
  readonly epoch: number;
  readonly nllPerStep: number;
  readonly valid: number | null;
  /** Training seconds so far, and those left if all epochs are run. */
  readonly seconds: number;
  readonly secondsLeft: number;
  /** The learning curve's points since the last message; all of it in the first. */
  readonly points: readonly EpochPoint[];
}

/** How a run ended: with its record and its weights (a safetensors file's bytes), or stopped with a checkpoint. */
export type RunEnd =
  | { readonly kind: "record"; readonly record: RunRecord; readonly weights: Uint8Array }
  | { readonly kind: "interrupted" };

export type ChildMessage = RunProgress | RunEnd | { readonly kind: "error"; readonly code: ErrorCode | "bug"; readonly message: string };

export type ParentMessage = { readonly kind: "run"; readonly request: RunRequest } | { readonly kind: "stop" } | { readonly kind: "prune" };

/** A run in a process of its own. */
export interface RunProcess {
  readonly pid: number | undefined;
  /**
   * @throws GatedRnnError with the child's own code for an error that it told of; `engine` when its process died
   */
  readonly end: Promise<RunEnd>;
  /** Ends the run after the update in progress. */
  stop(): void;
  /** Ends the run after the epoch in progress, with a record of status "pruned". */
  prune(): void;
}

/** Starts a run in a process of its own. */
export function startRun(request: RunRequest, onProgress: (progress: RunProgress) => void): RunProcess {
  const child = fork(join(packageFolder(), "dist", "lib", "sweep", "child.js"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const tell = (message: ParentMessage) => {
    if (child.connected) child.send(message, () => {}); // one that has just left needs no word any more: its end says how
  };
  const end = ended(child, request, onProgress);
  tell({ kind: "run", request });
  return { pid: child.pid, end, stop: () => tell({ kind: "stop" }), prune: () => tell({ kind: "prune" }) };
}

function ended(child: ChildProcess, { cell, data }: RunRequest, onProgress: (progress: RunProgress) => void): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    const failed = (problem: string, code: ErrorCode = "engine") => reject(new GatedRnnError(code, `run ${cell} on ${data}: ${problem}`));
    child.on("message", (message: ChildMessage) => {
      switch (message.kind) {
        case "progress":
          return onProgress(message);
        case "error":
          return failed(message.message, message.code === "bug" ? "engine" : message.code);
        case "record":
        case "interrupted":
          return resolve(message);
      }
    });
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, killer) => {
      failed(`expected a record, got the end of its process (${killer ?? `exit code ${code}`})`); // nothing, when it is settled already
    });
  });
}
