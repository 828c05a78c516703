import type { RunRecord } from "../train/record.js";
import { bestOf } from "./summary.js";

/**
 * Of each data set and cell the runs that a search ends in: all seeds of the learning rate whose run with the first seed has the lowest
 * validation NLL (the paper's choice), in the order of the seeds. Failed runs are never chosen. Runs must differ in learning rate and
 * seed only: filter by anything else, such as the weight noise, before.
 */
export function chosenRecords(records: readonly RunRecord[]): RunRecord[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records) {
    if (record.status === "failed") continue;
    const key = `${record.configuration.data} ${record.configuration.cell}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].flatMap((group) => {
    const first = Math.min(...group.map((r) => r.configuration.seed));
    const best = bestOf(group.filter((r) => r.configuration.seed === first));
    const chosen = group.filter(
      (r) => r.configuration.learningRate === best?.configuration.learningRate,
    );
    return chosen.sort((a, b) => a.configuration.seed - b.configuration.seed);
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
