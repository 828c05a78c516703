import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { packageFolder } from "../files/package-folder.js";
import type { RunRecord } from "./record.js";
import { packageVersion } from "./version.js";

let version: RunRecord["code"] | undefined;

/** The package's version and, in a git checkout, its commit ("-dirty" with uncommitted changes). */
export function codeVersion(): RunRecord["code"] {
  if (!version) {
    version = { version: packageVersion, commit: commitOf(dirname(packageFolder())) };
  }
  return version;
}

function commitOf(folder: string): string | null {
  if (!existsSync(join(folder, ".git"))) return null;
  try {
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    return (
      git("rev-parse", "--short=12", "HEAD") +
      (git("status", "--porcelain", "--untracked-files=no") ? "-dirty" : "")
    );
  } catch {
    return null; // no git on this machine, or a checkout without commits: the version alone names the code
  }
}

/** What this process may take: the machine's memory, or less where a container limits it. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory(); // 0, or more than there is, for none
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

export function machine(): RunRecord["machine"] {
  const { length: cores, 0: first } = cpus();
  return {
    cpu: first?.model.trim() || "unknown",
    cores,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}
