import type { RunRecord } from "../train/record.js";
import { compare, type Score, scoreOf } from "./choice.js";
import { grouped } from "./grouped.js";

/** The runs of each search, in the order in which their first records come: runs that differ in learning rate and seed only. */
export function bySearch(records: readonly RunRecord[]): RunRecord[][] {
  const searches = grouped(records, ({ configuration }) => {
    const { learningRate: _rate, seed: _seed, ...shared } = configuration;
    return JSON.stringify(Object.entries(shared).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return [...searches.values()];
}

/**
 * Of each search the runs that it ends in, in the order of the seeds: all seeds of the learning rate with the lowest validation NLL,
 * its mean over the first seeds that at least two rates were trained with; the first seed alone, where only one rate has more (the
 * paper's choice). Rates with a failed run among those are never chosen, and failed runs are left out.
 */
export function chosenRecords(records: readonly RunRecord[]): RunRecord[] {
  return bySearch(records).flatMap((group) => {
    const byRate = grouped(group, ({ configuration }) => configuration.learningRate);
    const rates = [...byRate.values()].map((runs) =>
      runs.sort((a, b) => a.configuration.seed - b.configuration.seed),
    );
    const first = Math.min(...group.map(({ configuration }) => configuration.seed));
    const begun = rates.filter(([run]) => run.configuration.seed === first);
    const [, compared = 1] = begun.map(({ length }) => length).sort((a, b) => b - a);
    const [best] = begun
      .filter(({ length }) => length >= compared)
      .map((runs) => ({ runs, score: scoreOf(runs.slice(0, compared)) as Score }))
      .filter(({ score }) => !score.failed)
      .sort((a, b) => compare(a.score, b.score));
    return best?.runs.filter(({ status }) => status !== "failed") ?? [];
  });
}

/** Whether a run's validation NLL was still falling when its epochs were over: its best epoch is among the last hundredth. */
export function isStillLearning({ bestEpoch, curve, configuration, status }: RunRecord): boolean {
  return (
    status === "finished" &&
    curve.length === configuration.epochs &&
    bestEpoch > 0.985 * curve.length
  );
}
