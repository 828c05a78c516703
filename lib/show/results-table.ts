import type { RunRecord, SplitNll } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { paperNll } from "./paper-table.js";
import { dataTitle, provenance } from "./provenance.js";
import type { Column, Table } from "./table.js";

/** What a model without memory, or with one step of it, reaches: stands below the trained units in every table. */
export interface BaselineRow {
  readonly title: string;
  readonly train: SplitNll;
  readonly test: SplitNll;
}

/** What a table of results tells besides the results. */
export interface ResultsTableOptions {
  /** Where the data's source is known exactly: the lowest NLL per step that any model can reach on average, in nats. */
  readonly entropyPerStep?: number | undefined;
}

const columns: readonly Column[] = [
  { title: "model", align: "left" },
  ...[
    "train",
    "test",
    "paper\ntrain",
    "paper\ntest",
    "train\n/sequence",
    "test\n/sequence",
    "best\nepoch",
    "seconds",
  ].map(right),
];

/**
 * Runs on one data set as a row of the paper's table 2 each: mean NLL of the best validation epoch's parameters, ours beside
 * the paper's, the baselines below. Several seeds of a cell give their mean ± half their range. The paper's columns
 * stay empty where its numbers cannot be compared: on synthetic data, and on sets that it does not have.
 */
export function resultsTable(
  records: readonly RunRecord[],
  baselines: readonly BaselineRow[] = [],
  options: ResultsTableOptions = {},
): Table {
  const cells = [...new Set(records.map((r) => r.configuration.cell))];
  const trained = cells.map((cell) =>
    trainedRow(records.filter((r) => r.configuration.cell === cell)),
  );
  const below = baselines.map(({ title, train, test }) => row(title, { train, test }));
  const { entropyPerStep } = options;
  const least =
    entropyPerStep === undefined
      ? []
      : [["lowest possible", nats(entropyPerStep), nats(entropyPerStep), "", "", "", "", "", ""]];
  return {
    caption: caption(records),
    columns,
    rows: [...trained, ...below, ...least],
    notes: notes(records, options),
  };
}

function trainedRow(records: readonly RunRecord[]): string[] {
  const { configuration, data } = records[0];
  const spread = (pick: (r: RunRecord) => number) => spreadOf(records.map(pick));
  const paper = data.synthetic ? undefined : paperNll(data.name, configuration.cell);
  return [
    `${cellTitle(configuration.cell)}, ${range(records.map((r) => r.configuration.hiddenSize))} units`,
    spread((r) => r.results.train.nllPerStep),
    spread((r) => r.results.test.nllPerStep),
    paper ? nats(paper.train) : "",
    paper ? nats(paper.test) : "",
    spread((r) => r.results.train.nllPerSequence),
    spread((r) => r.results.test.nllPerSequence),
    `${range(records.map((r) => r.bestEpoch))} of ${range(records.map((r) => r.curve.length))}`,
    range(
      records.map((r) => (r.seconds < 100 ? Number(r.seconds.toFixed(1)) : Math.round(r.seconds))),
    ),
  ];
}

function row(
  title: string,
  { train, test }: { readonly train: SplitNll; readonly test: SplitNll },
): string[] {
  const numbers = [
    nats(train.nllPerStep),
    nats(test.nllPerStep),
    "",
    "",
    nats(train.nllPerSequence),
    nats(test.nllPerSequence),
  ];
  return [title, ...numbers, "", ""];
}

function caption(records: readonly RunRecord[]): string {
  const titles = [...new Set(records.map(({ data }) => dataTitle(data)))];
  return `${titles.join(", ")}: mean negative log-likelihood in nats`;
}

function notes(records: readonly RunRecord[], { entropyPerStep }: ResultsTableOptions): string[] {
  const source = provenance(records);
  return [
    "train, test: mean over all predicted steps; /sequence: mean of the sequences' means. Parameters of the best validation epoch.",
    ...(seeds(records) > 1 ? ["±: half the range over the seeds."] : []),
    ...(records.some((r) => r.data.synthetic)
      ? ["SYNTHETIC data, composed by a seeded generator: nothing here compares with the paper."]
      : []),
    ...(entropyPerStep === undefined
      ? []
      : ["lowest possible: the entropy of the generator, which no model can beat on average."]),
    ...records
      .filter((r) => r.status !== "finished")
      .map(
        (r) =>
          `${cellTitle(r.configuration.cell)}, seed ${r.configuration.seed}: ${r.status} after epoch ${r.curve.length}.`,
      ),
    ...(source === "" ? [] : [source]),
  ];
}

function spreadOf(values: readonly number[]): string {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const half = (Math.max(...values) - Math.min(...values)) / 2;
  return values.length === 1 ? nats(mean) : `${nats(mean)} ± ${nats(half)}`;
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? `${low}` : `${low}–${high}`;
}

function nats(value: number): string {
  return value.toFixed(2);
}

function seeds(records: readonly RunRecord[]): number {
  return new Set(records.map((r) => r.configuration.seed)).size;
}

function right(title: string): Column {
  return { title, align: "right" };
}
