import type { RunRecord } from "../train/record.js";
import { compare, type Score, scoreOf } from "./choice.js";

/**
 * Of each data set, cell and protocol the runs that a search ends in, in the order of the seeds: all seeds of the learning rate with
 * the lowest validation NLL, its mean over the first seeds that at least two rates were trained with; the first seed alone, where only
 * one rate has more (the paper's choice). Rates with a failed run among those are never chosen, and failed runs are left out. Runs
 * must differ in learning rate and seed only: filter by anything else, such as the weight noise, before.
 */
export function chosenRecords(records: readonly RunRecord[]): RunRecord[] {
  const groups = grouped(records, ({ configuration: { data, cell, protocol } }) =>
    [data, cell, protocol].join(" "),
  );
  return groups.flatMap((group) => {
    const rates = grouped(group, ({ configuration }) => configuration.learningRate).map((runs) =>
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

function grouped<K>(records: readonly RunRecord[], key: (of: RunRecord) => K): RunRecord[][] {
  const groups = new Map<K, RunRecord[]>();
  for (const record of records)
    groups.set(key(record), [...(groups.get(key(record)) ?? []), record]);
  return [...groups.values()];
}

/** Whether a run's validation NLL was still falling when its epochs were over: its best epoch is among the last hundredth. */
export function isStillLearning({ bestEpoch, curve, configuration, status }: RunRecord): boolean {
  return (
    status === "finished" &&
    curve.length === configuration.epochs &&
    bestEpoch > 0.985 * curve.length
  );
}
