import type { Baseline } from "../data/baselines.js";
import { type Search, searches } from "../sweep/searches.js";
import { type ProtocolName, protocolNames, type RunRecord } from "../train/record.js";
import { baselineTitles } from "./baseline-rows.js";
import { cellTitle } from "./colours.js";
import { type PaperRow, paperNll, paperTable, paperUnits } from "./paper-table.js";
import { provenance } from "./provenance.js";
import { meanOf, nats, withDeviation } from "./scores.js";
import type { Column, Table } from "./table.js";

/** Baselines by the name of their data set. */
export type BaselinesByData = Readonly<Record<string, readonly Baseline[]>>;

/** A protocol as tables name it. */
export const protocolTitles: Readonly<Record<ProtocolName, string>> = {
  ours: "ours",
  authors: "authors'",
};

const columns: readonly Column[] = [
  { title: "data", align: "left" },
  { title: "model", align: "left" },
  { title: "protocol", align: "left" },
  ...[
    "train",
    "test",
    "paper\ntrain",
    "paper\ntest",
    "train\n/piece",
    "test\n/piece",
    "learning\nrate",
    "rates",
    "seeds",
  ].map((title): Column => ({ title, align: "right" })),
];

/** What of table 2 is shown. */
export interface Table2Options {
  readonly baselines?: BaselinesByData;
  /** Only these data sets. */
  readonly data?: readonly string[];
}

/**
 * Table 2 of Chung et al. 2014, ours beside the paper's, by protocol: mean NLL in nats of the chosen
 * learning rate's runs (see `chosenRecords`), ± their standard deviation over the seeds, per step
 * and per piece. A set has rows for those protocols that it has records of; the notes name the sets
 * that a protocol has not. The paper's speech numbers stand in brackets: other recordings in
 * another unit.
 */
export function table2(records: readonly RunRecord[], options: Table2Options = {}): Table {
  const { baselines = {}, data: only } = options;
  const found = searches(records);
  const sets = paperTable.filter(({ data }) => only?.includes(data) ?? true);
  const has = (data: string, protocol: ProtocolName) =>
    found.some((search) => search.data === data && search.protocol === protocol);
  const rows = sets.flatMap((row) => {
    const protocols = protocolNames.filter((p) => p === "ours" || has(row.data, p));
    return [
      ...paperUnits.flatMap((cell, c) =>
        protocols.map((protocol, p) => [
          c + p === 0 ? dataName(row) : "",
          ...trained(
            row,
            cell,
            protocol,
            found.find((s) => s.data === row.data && s.cell === cell && s.protocol === protocol),
          ),
        ]),
      ),
      ...(baselines[row.data] ?? []).map(({ name, train, test }) => [
        "",
        baselineTitles[name],
        "",
        nats(train.nllPerStep),
        nats(test.nllPerStep),
        "",
        "",
        nats(train.nllPerSequence),
        nats(test.nllPerSequence),
        "",
        "",
        "",
      ]),
    ];
  });
  const lacking = protocolNames.flatMap((protocol) => {
    const without = sets.filter(({ data }) => !has(data, protocol)).map(shortName);
    if (without.length === 0) return [];
    const by = protocol === "ours" ? "our protocol" : "the authors' protocol";
    return [`No search yet by ${by}: ${without.join(", ")}.`];
  });
  const source = provenance(
    found.flatMap(({ data, chosen }) => (sets.some((set) => set.data === data) ? chosen : [])),
  );
  return {
    caption: "Mean negative log-likelihood in nats, ours beside the paper's table 2",
    columns,
    rows,
    notes: [
      "train, test: mean over all predicted steps; /piece: mean of the pieces' means. ±: standard deviation over the seeds.",
      "Learning rate: the one with the lowest validation NLL. The test split was used for nothing but this table.",
      "↑, ↓: the highest or the lowest of the rates that were tried; what lies beyond it is not in this table.",
      ...(sets.some(({ kind }) => kind === "speech")
        ? [
            "(in brackets): other recordings, scaled in another way; the level cannot be compared, the order of the units can.",
          ]
        : []),
      ...lacking,
      ...(source === "" ? [] : [source.replace(/ · commit.*/, "")]),
    ],
  };
}

const dataName = ({ data, title, kind }: PaperRow) =>
  kind === "music" ? title : `${data} (for ${title})`;

const shortName = ({ data, title, kind }: PaperRow) => (kind === "music" ? title : data);

const edgeMarks = { highest: " ↑", lowest: " ↓" } as const;

function trained(
  { data, kind }: PaperRow,
  cell: string,
  protocol: ProtocolName,
  search: Search | undefined,
): string[] {
  const paper = paperNll(data, cell);
  const brackets = (value: number | undefined) =>
    value === undefined ? "" : kind === "music" ? nats(value) : `(${nats(value)})`;
  const published = [brackets(paper?.train), brackets(paper?.test)];
  const who = [cellTitle(cell), protocolTitles[protocol]];
  if (!search) return [...who, "–", "–", ...published, "", "", "", "", ""];
  const { chosen, rates, runs, edge } = search;
  const tried = String(rates.length);
  if (chosen.length === 0)
    return [...who, "diverges", "–", ...published, "", "", "", tried, `0 of ${runs.length}`];
  const { learningRate } = chosen[0].configuration;
  return [
    ...who,
    withDeviation(chosen.map((r) => r.results.train.nllPerStep)),
    withDeviation(chosen.map((r) => r.results.test.nllPerStep)),
    ...published,
    nats(meanOf(chosen.map((r) => r.results.train.nllPerSequence))),
    nats(meanOf(chosen.map((r) => r.results.test.nllPerSequence))),
    `${learningRate.toPrecision(2)}${edge ? edgeMarks[edge] : ""}`,
    tried,
    String(chosen.length),
  ];
}
