import type { Baseline } from "../data/baselines.js";
import type { Reference } from "./learning-curves.js";
import type { BaselineRow } from "./results-table.js";

const titles: Readonly<Record<Baseline["name"], string>> = { bernoulli: "Bernoulli per key", markov: "Markov per key" };

/** The baselines as rows of a results table. */
export function baselineRows(baselines: readonly Baseline[]): BaselineRow[] {
  return baselines.map(({ name, train, test }) => ({ title: titles[name], train, test }));
}

/** The baselines' NLL on the validation split, as lines to compare learning curves with. */
export function baselineReferences(baselines: readonly Baseline[]): Reference[] {
  return baselines.map(({ name, valid }) => ({ label: `${titles[name]} (validation)`, nllPerStep: valid.nllPerStep }));
}
