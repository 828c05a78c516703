import { join } from "node:path";
import { type RunRecord, readRecords } from "gated-rnn";
import { recordPlaces } from "gated-rnn/sweep";
import { root } from "./jupyter.mts";

/** A search of `npm run reproduce`: what the command gets, and what its machine time is reckoned from. */
export interface PlannedSweep {
  readonly name: string;
  readonly data: readonly string[];
  readonly protocol: "ours" | "authors";
  readonly rates: number;
  /** Rates that are compared by so many seeds before one is chosen. */
  readonly finalists: number;
  readonly rateSeeds: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly patience: number;
  readonly batchSize?: number;
  readonly weightNoise?: number;
}

const cells = ["tanh", "gru", "lstm"] as const;

export function argumentsOf(plan: PlannedSweep): string[] {
  const options = {
    data: plan.data.join(),
    cells: cells.join(),
    protocol: plan.protocol,
    "learning-rates": plan.rates,
    finalists: plan.finalists,
    "rate-seeds": plan.rateSeeds,
    seeds: plan.seeds,
    epochs: plan.epochs,
    patience: plan.patience,
    "batch-size": plan.batchSize,
    "weight-noise": plan.weightNoise,
  };
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

/** Runs of all its units and data sets. */
export function runsOf({ data, rates, finalists, rateSeeds, seeds }: PlannedSweep): number {
  const ofGroup = rates + Math.min(finalists, rates) * (rateSeeds - 1) + seeds - rateSeeds;
  return data.length * cells.length * ofGroup;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Processor seconds of an epoch, by set, unit and protocol, as the records have them. */
function secondsPerEpoch(records: readonly RunRecord[], data: string, protocol: string) {
  return cells.flatMap((cell) => {
    const runs = records.filter(
      ({ configuration: c, curve }) =>
        c.data === data && c.cell === cell && c.protocol === protocol && curve.length > 1,
    );
    if (runs.length === 0) return [];
    return mean(runs.map(({ curve }) => (curve.at(-1)?.cpuSeconds ?? 0) / curve.length));
  });
}

/**
 * Processor hours that a search takes at most, reckoned from an epoch's processor seconds in the
 * committed records. A set without records by this protocol takes those by the other one, times
 * what a set costs more by this one where both are known.
 */
export function plannedHours(plan: PlannedSweep, records: readonly RunRecord[]): number {
  const other = plan.protocol === "ours" ? "authors" : "ours";
  const sets = [...new Set(records.map(({ configuration }) => configuration.data))];
  const both = sets.flatMap((data) => {
    const [a, b] = [plan.protocol, other].map((by) => secondsPerEpoch(records, data, by));
    return a.length === cells.length && b.length === cells.length ? [mean(a) / mean(b)] : [];
  });
  const more = both.length > 0 ? mean(both) : 1;
  const seconds = plan.data.map((data) => {
    const own = secondsPerEpoch(records, data, plan.protocol);
    if (own.length > 0) return mean(own);
    return more * mean(secondsPerEpoch(records, data, other));
  });
  return (mean(seconds) * plan.epochs * runsOf(plan)) / 3600;
}

export const committedRecords = (): RunRecord[] =>
  recordPlaces([join(root, "notebooks", "results")]).flatMap((place) => readRecords(place));
