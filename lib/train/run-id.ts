import { sha256 } from "../files/sha256.js";
import type { RunConfiguration } from "./record.js";

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
  return sha256()
    .update(JSON.stringify([sorted, dataChecksum, packageVersion]))
    .hex()
    .slice(0, 16);
}
