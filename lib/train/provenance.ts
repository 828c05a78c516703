import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { packageFolder } from "../files/package-folder.js";
import type { RunConfiguration, RunRecord } from "./record.js";

let version: RunRecord["code"] | undefined;

/** The package's version and, in a git checkout, its commit ("-dirty" with uncommitted changes). */
export function codeVersion(): RunRecord["code"] {
  if (!version) {
    const folder = packageFolder();
    version = {
      version: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version,
      commit: commitOf(dirname(folder)),
    };
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

const asBefore: Readonly<Record<string, unknown>> = {
  protocol: "ours",
  loss: "mean",
  rootFloor: 0,
  maxStepNorm: null,
  nonFiniteGradient: "stop",
  update: "rmsprop",
  updateSettings: {},
} satisfies Partial<RunConfiguration>;

/**
 * The name of a run: sha256 over its configuration, data checksum and package version; 16 hexadecimal digits. Commit, engine and
 * threads are in the record and not in the name: a sweep over several sittings goes on after a commit. What configurations of before
 * there was a second protocol lack counts only where it is not as it was then: those runs keep their names.
 */
export function runId(
  configuration: RunConfiguration,
  dataChecksum: string,
  packageVersion: string,
): string {
  const sorted = Object.entries(configuration)
    .filter(
      ([field, value]) =>
        !(field in asBefore && JSON.stringify(asBefore[field]) === JSON.stringify(value)),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([sorted, dataChecksum, packageVersion]))
    .digest("hex")
    .slice(0, 16);
}
