import type { Baseline } from "../data/baselines.js";
import { type Split, splits } from "../data/dataset.js";
import type { Dataset } from "../tasks/index.js";
import type { Task } from "../tasks/task.js";
import type { Reference } from "./learning-curves.js";
import { dataTitle } from "./provenance.js";
import type { BaselineRow } from "./results-table.js";
import type { Table } from "./table.js";

/** What readers call the baselines. */
export const baselineTitles: Readonly<Record<Baseline["name"], string>> = {
  bernoulli: "Bernoulli per key",
  markov: "Markov per key",
  gaussian: "one Gaussian",
  autoregressive: "linear prediction, 20 samples",
  memoryless: "mixture without memory",
  frequencies: "frequencies alone",
  successors: "given the one before",
  mean: "mean and deviation",
  "last-value": "the last value again",
  rate: "mean rate",
};

/** The baselines as rows of a results table. */
export function baselineRows(baselines: readonly Baseline[]): BaselineRow[] {
  return baselines.map(({ name, train, test }) => ({ title: baselineTitles[name], train, test }));
}

/** The baselines' NLL on the validation split, as lines to compare learning curves with. */
export function baselineReferences(baselines: readonly Baseline[]): Reference[] {
  return baselines.map(({ name, valid }) => ({
    label: `${baselineTitles[name]} (validation)`,
    nllPerStep: valid.nllPerStep,
  }));
}

/** The baselines of data on their own: what there is to beat. */
export function baselinesTable(data: Dataset | Task, baselines: readonly Baseline[]): Table {
  const { title, synthetic, checksum } = data;
  const entropyPerStep = "entropyPerStep" in data ? data.entropyPerStep : undefined;
  const numbers = (nll: (split: Split) => number) => splits.map((split) => nll(split).toFixed(2));
  const rows = baselines.map((baseline) => [
    baselineTitles[baseline.name],
    ...numbers((split) => baseline[split].nllPerStep),
    ...numbers((split) => baseline[split].nllPerSequence),
  ]);
  const heads = [...splits, ...splits.map((split) => `${split}\n/sequence`)];
  return {
    caption: `${dataTitle({ title, synthetic })}: NLL of models without a network, in nats`,
    columns: [
      { title: "model", align: "left" },
      ...heads.map((head) => ({ title: head, align: "right" as const })),
    ],
    rows,
    notes: [
      "train, valid, test: mean over all predicted steps; /sequence: mean of the sequences' means.",
      ...(entropyPerStep === undefined
        ? []
        : [
            `The lowest NLL that any model can reach on average: ${entropyPerStep.toFixed(2)} nats per step.`,
          ]),
      `data ${checksum.slice(0, 8)}`,
    ],
  };
}
