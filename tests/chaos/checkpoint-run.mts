import {
  bernoulli,
  cellNamed,
  codeVersion,
  configurationOf,
  defaultEngine,
  model,
  openData,
  runId,
  taskOf,
} from "./library.mts";

const dataset = await openData("synthetic");
const cell = cellNamed("gru");
const options = { hiddenSize: 40, epochs: 100_000, patience: 100_000, batchSize: 8 };

/** A run that is never done, for others to interrupt. */
export const run = { ...options, dataset, cell, engine: await defaultEngine() };
export const runName = runId(
  configurationOf(taskOf(dataset), cell, options),
  dataset.checksum,
  codeVersion().version,
);
export const runModel = model(cell, 88, options.hiddenSize, bernoulli(88));
