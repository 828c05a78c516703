import { GatedRnnError } from "../errors.js";
import type { PieceNlls, RunRecord } from "../train/record.js";

/** Which mean over a split: over all its predicted steps, or of the pieces' own means. */
export type NllMean = "step" | "piece";

/** Runs of one unit on one data set that differ in their seed alone: the pieces of each, aligned. */
export interface UnitRuns {
  readonly name: string;
  /** Seed of each run. */
  readonly seeds: readonly number[];
  /** By seed: NLL of each test piece, summed over its steps, in nats. */
  readonly nll: readonly (readonly number[])[];
  /** Predicted steps of each piece. */
  readonly steps: readonly number[];
}

/**
 * The test pieces of runs of one unit on one data set.
 *
 * @throws GatedRnnError `usage` for no runs, runs of several units or data, of one seed twice, or
 * records without `testPieces` (those of the first version have none)
 */
export function unitRuns(records: readonly RunRecord[]): UnitRuns {
  const fail = (problem: string): never => {
    throw new GatedRnnError("usage", `runs to compare: ${problem}`);
  };
  if (records.length === 0) fail("expected at least one record, got none");
  const one = (what: string, of: (r: RunRecord) => string) => {
    const found = [...new Set(records.map(of))];
    if (found.length > 1) fail(`expected one ${what}, got ${found.join(" and ")}; filter before`);
  };
  one("unit", (r) => r.configuration.cell);
  one("data checksum", (r) => r.data.checksum);
  const seeds = records.map((r) => r.configuration.seed);
  if (new Set(seeds).size < seeds.length)
    fail("expected every seed once, got one twice; take the records of one learning rate");
  const pieces = records.map((r): PieceNlls => {
    return r.testPieces ?? fail(`expected the test pieces' NLLs, and record ${r.id} has none`);
  });
  if (pieces.some(({ steps }) => steps.join() !== pieces[0].steps.join()))
    fail("expected the same test pieces in each, got others");
  return {
    name: records[0].configuration.cell,
    seeds,
    nll: pieces.map(({ nll }) => nll),
    steps: pieces[0].steps,
  };
}

/** The mean NLL of one seed over the pieces with these indices, repeats included, in nats. */
export function meanOver(
  nll: readonly number[],
  steps: readonly number[],
  pieces: readonly number[],
  mean: NllMean,
): number {
  let sum = 0;
  let count = 0;
  for (const p of pieces) {
    sum += mean === "step" ? nll[p] : nll[p] / steps[p];
    count += mean === "step" ? steps[p] : 1;
  }
  return sum / count;
}
