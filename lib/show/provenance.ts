import { plain } from "../files/plain.js";
import type { RunRecord } from "../train/record.js";

/** What says where a number comes from; live curves have not all of it yet. */
export interface Sourced extends Partial<Pick<RunRecord, "data" | "engine" | "code">> {
  readonly configuration: { readonly seed?: number | undefined };
}

/**
 * Where a figure's numbers come from, in one line: seeds, engine, commit, data checksum; "" when nothing is known.
 * "seeds 1–3 · native avx2 · commit 1a2b3c4 · data 5d6e7f80"
 */
export function provenance(runs: readonly Sourced[]): string {
  const distinct = (values: readonly (string | undefined | null)[]) =>
    [...new Set(values)].filter((v) => v !== undefined && v !== null);
  const seeds = distinct(runs.map((run) => run.configuration.seed?.toString()));
  const engines = distinct(runs.map((run) => run.engine && `${run.engine.name} engine`));
  const commits = distinct(runs.map((run) => run.code?.commit?.slice(0, 7)));
  const checksums = distinct(runs.map((run) => run.data?.checksum.slice(0, 8)));
  return [
    ...(seeds.length === 0 ? [] : [`${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`]),
    ...(engines.length === 0 ? [] : [engines.join(", ")]),
    ...(commits.length === 0 ? [] : [`commit ${commits.join(", ")}`]),
    ...(checksums.length === 0 ? [] : [`data ${checksums.join(", ")}`]),
  ].join(" · ");
}

/** The data's title for readers; synthetic data is always called so. */
export function dataTitle({
  title,
  synthetic,
}: Pick<RunRecord["data"], "title" | "synthetic">): string {
  const shown = plain(title);
  return synthetic && !/synthetic/i.test(title) ? `${shown} (SYNTHETIC data)` : shown;
}
