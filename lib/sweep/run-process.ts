import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type ErrorCode, GatedRnnError } from "../errors.js";
import { packageFolder } from "../files/package-folder.js";
import type { EpochPoint, RunConfiguration, RunRecord } from "../train/record.js";
import type { RunData } from "./data.js";

/** A run as plain data, to be carried out by another process. */
export interface RunRequest {
  /** Its data's name. */
  readonly data: string;
  /** From what the process makes them; default: a set of the package of that name. */
  readonly from?: RunData;
  readonly cell: string;
  readonly options: Partial<RunConfiguration>;
  /** Default: the fastest that runs on this machine. */
  readonly engine?: string;
  readonly backend?: string;
  /** WebGPU engine: so many runs share a process, and their dispatches where their models are equal. */
  readonly sideBySide?: number;
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

/** Messages carry the number of their run: a process may have several. */
export type ChildMessage = { readonly number: number } & (
  | RunProgress
  | RunEnd
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "error"; readonly code: ErrorCode | "bug"; readonly message: string }
);

export type ParentMessage = { readonly number: number } & (
  | { readonly kind: "run"; readonly request: RunRequest }
  | { readonly kind: "stop" }
  | { readonly kind: "prune" }
);

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

/**
 * Starts a run: in a process of its own, or, side by side, in the one that such runs have now.
 *
 * @param onWarning told of what is lived with: a checkpoint that is damaged, so that the run begins again
 */
export function startRun(
  request: RunRequest,
  onProgress: (progress: RunProgress) => void,
  onWarning: (message: string) => void = () => {},
): RunProcess {
  const host = request.sideBySide === undefined ? newHost() : sharedHost(request);
  const { child } = host;
  const number = host.begun++;
  const tell = (message: ParentMessage) => {
    if (child.connected) child.send(message, () => {}); // one that has just left needs no word any more: its end says how
  };
  const end = ended(child, number, request, onProgress, onWarning).finally(() => {
    host.running -= 1;
    if (host.running > 0 || request.sideBySide === undefined) return;
    for (const [key, shared] of sharedHosts) if (shared === host) sharedHosts.delete(key);
    if (child.connected) child.disconnect();
  });
  host.running += 1;
  tell({ kind: "run", number, request });
  return {
    pid: child.pid,
    end,
    stop: () => tell({ kind: "stop", number }),
    prune: () => tell({ kind: "prune", number }),
  };
}

interface Host {
  readonly child: ChildProcess;
  begun: number;
  running: number;
}

const sharedHosts = new Map<string, Host>();

function newHost(): Host {
  const child = fork(join(packageFolder(), "dist", "lib", "sweep", "child.js"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  child.setMaxListeners(0); // three for every run
  return { child, begun: 0, running: 0 };
}

function sharedHost({ engine, backend, sideBySide }: RunRequest): Host {
  const key = JSON.stringify([engine, backend, sideBySide]);
  const known = sharedHosts.get(key);
  if (known?.child.connected) return known;
  const host = newHost();
  sharedHosts.set(key, host);
  return host;
}

function ended(
  child: ChildProcess,
  number: number,
  { cell, data }: RunRequest,
  onProgress: (progress: RunProgress) => void,
  onWarning: (message: string) => void,
): Promise<RunEnd> {
  return new Promise<RunEnd>((resolve, reject) => {
    const failed = (problem: string, code: ErrorCode = "engine") =>
      reject(new GatedRnnError(code, `run ${cell} on ${data}: ${problem}`));
    const listen = (message: ChildMessage) => {
      if (message.number !== number) return;
      switch (message.kind) {
        case "progress":
          return onProgress(message);
        case "warning":
          return onWarning(message.message);
        case "error":
          child.off("message", listen);
          return failed(message.message, message.code === "bug" ? "engine" : message.code);
        case "record":
        case "interrupted":
          child.off("message", listen);
          return resolve(message);
      }
    };
    child.on("message", listen);
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, killer) => {
      failed(`expected a record, got the end of its process (${killer ?? `exit code ${code}`})`); // nothing, when it is settled already
    });
  });
}
