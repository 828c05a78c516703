import type { RunRecord } from "../train/record.js";
import type { Group, PlannedRun } from "./plan.js";

/** What a group's results so far have led to. */
export interface Standing {
  /** Runs that are due, stage by stage; a later stage is there once the one before has ended. */
  readonly stages: readonly (readonly PlannedRun[])[];
  /** The best rate so far: its runs in the order of their seeds. Undefined before the first result. */
  readonly best: readonly RunRecord[] | undefined;
  /** Whether all stages have ended. */
  readonly done: boolean;
}

/**
 * The choice of a learning rate: every candidate is trained with the first seed; the `finalists`, best by validation NLL, with the
 * first `rateSeeds` seeds; the one with the lowest mean of them with all seeds. A rate with a run that failed comes behind all others.
 *
 * @param ended whether a run has a result or was given up
 */
export function standing(
  group: Group,
  records: ReadonlyMap<string, RunRecord>,
  ended: (run: string) => boolean,
): Standing {
  const { candidates, finalists, rateSeeds, seeds } = group;
  const found = (runs: readonly PlannedRun[]) => runs.flatMap(({ id }) => records.get(id) ?? []);
  const all = (runs: readonly PlannedRun[]) => runs.every(({ id }) => ended(id));
  const ofRate = (of: PlannedRun, first: number, count: number) =>
    seeds.slice(first, count).map((seed) => group.run(of.configuration.learningRate, seed));
  const ranked = (rates: readonly PlannedRun[], count: number) =>
    rates
      .map((rate) => ({ rate, score: scoreOf(found(ofRate(rate, 0, count))) }))
      .filter(({ score }) => score !== undefined)
      .sort((a, b) => compare(a.score as Score, b.score as Score))
      .map(({ rate }) => rate);
  const bestOf = ([rate]: readonly PlannedRun[], count: number) =>
    rate && found(ofRate(rate, 0, count));

  const first = ranked(candidates, 1);
  if (!all(candidates)) return { stages: [candidates], best: bestOf(first, 1), done: false };
  const finals = first.slice(0, finalists);
  const second = finals.flatMap((rate) => ofRate(rate, 1, rateSeeds));
  const chosen = ranked(finals, rateSeeds);
  const best = bestOf(chosen, seeds.length);
  if (!all(second)) return { stages: [candidates, second], best, done: false };
  const third = chosen.slice(0, 1).flatMap((rate) => ofRate(rate, rateSeeds, seeds.length));
  return { stages: [candidates, second, third], best, done: all(third) };
}

/** Runs that a group has in all, where a rate can be chosen. */
export function runsOf({ candidates, finalists, rateSeeds, seeds }: Group): number {
  const finals = Math.min(finalists, candidates.length);
  return candidates.length + finals * (rateSeeds - 1) + seeds.length - rateSeeds;
}

/** How good a rate is by some runs of it: whether one of them failed, then the mean validation NLL per step. */
export interface Score {
  readonly failed: boolean;
  readonly valid: number;
}

/** Undefined where there are no runs. */
export function scoreOf(runs: readonly RunRecord[]): Score | undefined {
  if (runs.length === 0) return undefined;
  const sum = runs.reduce((total, { results }) => total + results.valid.nllPerStep, 0);
  return { failed: runs.some(({ status }) => status === "failed"), valid: sum / runs.length };
}

/** Below 0 where the first is the better. */
export function compare(a: Score, b: Score): number {
  return Number(a.failed) - Number(b.failed) || a.valid - b.valid;
}
