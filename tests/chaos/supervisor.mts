import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { command } from "./library.mts";

/** A supervisor: the sweep command in a process of its own. */
export interface Supervisor {
  readonly process: ChildProcess;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it has written to standard error so far. */
  text(): string;
  /** The processes of its runs. */
  children(): number[];
}

/** @param within a command that is given the supervisor's to start */
export function startSupervisor(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  within: readonly string[] = [],
): Supervisor {
  const [program, ...rest] = [...within, process.execPath, command, "sweep", ...args];
  const child = spawn(program, rest, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...environment },
  });
  let text = "";
  child.stderr.on("data", (data) => {
    text += data;
  });
  const ended = once(child, "exit").then(([code, signal]): number | string => code ?? signal);
  return { process: child, ended, text: () => text, children: () => childrenOf(child.pid) };
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/)
      .map(Number)
      .filter(Boolean);
  } catch {
    return []; // none
  }
}

/** Kills at once what may be gone already. Whether it was there. */
export function killNow(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
