import type { Baseline } from "../data/baselines.js";
import { chosenRecords } from "../sweep/chosen.js";
import type { RunRecord } from "../train/record.js";
import { short } from "./alt-text.js";
import { baselineTitles } from "./baseline-rows.js";
import { cellScale, cellTitle, chartConfig } from "./colours.js";
import { type PaperRow, paperNll, paperTable } from "./paper-table.js";
import { provenance } from "./provenance.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";
import type { Column, Table } from "./table.js";

/** Baselines by the name of their data set. */
export type BaselinesByData = Readonly<Record<string, readonly Baseline[]>>;

const cells = ["tanh", "gru", "lstm"] as const;

const columns: readonly Column[] = [
  { title: "data", align: "left" },
  { title: "model", align: "left" },
  ...[
    "train",
    "test",
    "paper\ntrain",
    "paper\ntest",
    "test\n/sequence",
    "learning\nrate",
    "seeds",
  ].map((title): Column => ({ title, align: "right" })),
];

/**
 * Table 2 of Chung et al. 2014, ours beside the paper's: mean NLL in nats per step of the chosen learning rate's runs (see `chosenRecords`),
 * ± their standard deviation over the seeds. The paper's speech numbers stand in brackets: other recordings in another unit.
 */
export function table2(records: readonly RunRecord[], baselines: BaselinesByData = {}): Table {
  const chosen = chosenRecords(records);
  const rows = paperTable.flatMap((row) => [
    ...cells.map((cell) => trained(row, cell, ofCell(chosen, row.data, cell), records)),
    ...(baselines[row.data] ?? []).map(({ name, train, test }) => [
      "",
      baselineTitles[name],
      nats(train.nllPerStep),
      nats(test.nllPerStep),
      "",
      "",
      nats(test.nllPerSequence),
      "",
      "",
    ]),
  ]);
  const present = chosen.filter((r) =>
    paperTable.some(({ data }) => data === r.configuration.data),
  );
  const source = provenance(present);
  return {
    caption: "Mean negative log-likelihood in nats per step, ours beside the paper's table 2",
    columns,
    rows,
    notes: [
      "train, test: mean over all predicted steps; test /sequence: mean of the sequences' means. ±: standard deviation over the seeds.",
      "Learning rate: the one with the lowest validation NLL with the first seed. The test split was used for nothing but this table.",
      "(in brackets): other recordings, scaled in another way; the level cannot be compared, the order of the units can.",
      ...(source === "" ? [] : [source.replace(/ · commit.*/, "")]),
    ],
  };
}

const ofCell = (records: readonly RunRecord[], data: string, cell: string) =>
  records.filter(({ configuration: c }) => c.data === data && c.cell === cell);

function trained(
  { data, title, kind }: PaperRow,
  cell: string,
  runs: readonly RunRecord[],
  all: readonly RunRecord[],
): string[] {
  const paper = paperNll(data, cell);
  const brackets = (value: number | undefined) =>
    value === undefined ? "" : kind === "music" ? nats(value) : `(${nats(value)})`;
  const first = cell !== cells[0] ? "" : kind === "music" ? title : `${data} (for ${title})`;
  const published = [brackets(paper?.train), brackets(paper?.test)];
  if (runs.length === 0) {
    const tried = ofCell(all, data, cell).length;
    return [
      first,
      cellTitle(cell),
      tried > 0 ? "diverges" : "–",
      "–",
      ...published,
      "",
      "",
      tried > 0 ? `0 of ${tried}` : "",
    ];
  }
  return [
    first,
    cellTitle(cell),
    spread(runs.map((r) => r.results.train.nllPerStep)),
    spread(runs.map((r) => r.results.test.nllPerStep)),
    ...published,
    nats(mean(runs.map((r) => r.results.test.nllPerSequence))),
    runs[0].configuration.learningRate.toPrecision(2),
    String(runs.length),
  ];
}

/** The test column of table 2 as points: ours with the range over the seeds, and the paper's. Music only: speech cannot be compared. */
export function table2Picture(records: readonly RunRecord[]): VegaLiteSpec {
  const chosen = chosenRecords(records);
  const music = paperTable.filter(
    ({ kind, data }) => kind === "music" && chosen.some((r) => r.configuration.data === data),
  );
  const values = music.flatMap((row) =>
    cells.flatMap((cell) => {
      const tests = ofCell(chosen, row.data, cell).map((r) => r.results.test.nllPerStep);
      const about = { data: row.title, unit: cellTitle(cell) };
      const ours =
        tests.length === 0
          ? []
          : [
              {
                ...about,
                whose: "ours",
                nll: digits(mean(tests)),
                low: digits(Math.min(...tests)),
                high: digits(Math.max(...tests)),
              },
            ];
      return [...ours, { ...about, whose: "the paper's", nll: row[cell].test }];
    }),
  );
  const inWords = music.map((row) => {
    const units = cells.map((cell) => {
      const name = cellTitle(cell);
      const ours = values.find(
        (v) => v.data === row.title && v.unit === name && v.whose === "ours",
      );
      return `${name} ${ours ? short(ours.nll) : "no run"} (${row[cell].test})`;
    });
    return `${row.title}: ${units.join(", ")}`;
  });
  const x = {
    type: "quantitative",
    title: "test NLL (nats per step; lower is better)",
    scale: { zero: false, nice: true },
  };
  const y = { field: "unit", type: "nominal", title: null, sort: cells.map(cellTitle) };
  const color = { field: "unit", type: "nominal", scale: cellScale(cells), legend: null };
  return {
    $schema: vegaLiteSchema,
    description: `Ours, and in brackets the paper's. ${inWords.join(". ")}`,
    title: {
      text: "Table 2: test NLL of the three units on four sets of music",
      subtitle: "filled: ours, with the range over the seeds; hollow: the paper's",
    },
    data: { values },
    facet: {
      row: {
        field: "data",
        type: "nominal",
        title: null,
        sort: music.map(({ title }) => title),
        header: { labelAngle: 0, labelAlign: "left", labelFontSize: 12, labelFontWeight: 600 },
      },
    },
    spec: {
      width: 520,
      height: 66,
      layer: [
        {
          transform: [{ filter: "isValid(datum.low)" }],
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, color },
        },
        {
          mark: { type: "point", size: 70, opacity: 1, strokeWidth: 1.8 },
          encoding: {
            x: { ...x, field: "nll" },
            y,
            color,
            fill: {
              condition: {
                test: "datum.whose === 'ours'",
                field: "unit",
                type: "nominal",
                scale: cellScale(cells),
              },
              value: "white",
            },
            tooltip: [{ field: "unit" }, { field: "whose" }, { field: "nll", format: ".3f" }],
          },
        },
      ],
    },
    resolve: { scale: { x: "independent" } },
    config: chartConfig,
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const nats = (value: number) => value.toFixed(2);
const digits = (value: number) => Number(value.toPrecision(5));

function spread(values: readonly number[]): string {
  if (values.length === 1) return nats(values[0]);
  const centre = mean(values);
  const squares = values.reduce((sum, v) => sum + (v - centre) ** 2, 0);
  return `${nats(centre)} ± ${nats(Math.sqrt(squares / (values.length - 1)))}`;
}
