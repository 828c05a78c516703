import { isComparable, searches } from "../sweep/searches.js";
import { type ProtocolName, protocolNames, type RunRecord } from "../train/record.js";
import { short } from "./alt-text.js";
import { cellScale, cellTitle, chartConfig } from "./colours.js";
import { type PaperRow, paperTable, paperUnits } from "./paper-table.js";
import { meanOf } from "./scores.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

const shapes: Readonly<Record<ProtocolName | "paper", string>> = {
  ours: "circle",
  authors: "diamond",
  paper: "circle",
};
const whose = [...protocolNames, "paper"] as const;

/**
 * The test column of table 2 as points, by protocol, each with the range over its seeds and a tick
 * at the mean per piece; and the paper's. Music only: speech cannot be compared. Searches that have
 * not come to several seeds yet are left out.
 */
export function table2Picture(records: readonly RunRecord[]): VegaLiteSpec {
  const found = searches(records).filter(isComparable);
  const music = paperTable.filter(
    ({ kind, data }) => kind === "music" && found.some((search) => search.data === data),
  );
  const values = music.flatMap((row) => paperUnits.flatMap((cell) => pointsOf(row, cell)));
  const x = {
    type: "quantitative",
    title: "test NLL (nats; lower is better)",
    scale: { zero: false, nice: true },
  };
  const y = { field: "unit", type: "nominal", title: null, sort: paperUnits.map(cellTitle) };
  const yOffset = { field: "whose", type: "nominal", sort: whose, scale: { domain: whose } };
  const color = { field: "unit", type: "nominal", scale: cellScale(paperUnits), legend: null };
  const shape = {
    field: "whose",
    type: "nominal",
    scale: { domain: whose, range: whose.map((each) => shapes[each]) },
    legend: null,
  };
  const fill = {
    condition: { test: "datum.whose !== 'paper'", ...color },
    value: "white",
  };
  const tooltip = [
    { field: "unit" },
    { field: "whose" },
    { field: "nll", title: "per step", format: ".3f" },
    { field: "piece", title: "per piece", format: ".3f" },
  ];

  function pointsOf({ data, title, ...row }: PaperRow, cell: (typeof paperUnits)[number]) {
    const about = { data: title, unit: cellTitle(cell) };
    const ours = found
      .filter((search) => search.data === data && search.cell === cell)
      .map(({ protocol, chosen }) => {
        const steps = chosen.map(({ results }) => results.test.nllPerStep);
        return {
          ...about,
          whose: protocol,
          nll: digits(meanOf(steps)),
          low: digits(Math.min(...steps)),
          high: digits(Math.max(...steps)),
          piece: digits(meanOf(chosen.map(({ results }) => results.test.nllPerSequence))),
        };
      });
    return [...ours, { ...about, whose: "paper", nll: row[cell].test }];
  }

  /** "JSB Chorales: tanh ours 8.54 (9.1), GRU ours 8.48, authors 8.51 (8.54)" */
  function inWords({ title, ...row }: PaperRow): string {
    const units = paperUnits.map((cell) => {
      const ours = values
        .filter((v) => v.data === title && v.unit === cellTitle(cell) && v.whose !== "paper")
        .map(({ whose, nll }) => `${whose} ${short(nll)}`);
      return `${cellTitle(cell)} ${ours.join(", ") || "no run"} (${row[cell].test})`;
    });
    return `${title}: ${units.join("; ")}`;
  }

  const layer = (mark: object, encoding: object, filter?: string) => ({
    ...(filter ? { transform: [{ filter }] } : {}),
    mark,
    encoding: { y, yOffset, color, ...encoding },
  });
  return {
    $schema: vegaLiteSchema,
    description: `By protocol, and in brackets the paper's. ${music.map(inWords).join(". ")}`,
    title: {
      text: "Table 2: test NLL of the three units on four sets of music",
      subtitle: [
        "circles: our protocol; diamonds: the authors' (sets that have been run by it), with the range over the seeds",
        "ticks: their means per piece; hollow: the paper's, whose kind of mean is not said",
      ],
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
      height: 120,
      layer: [
        layer(
          { type: "rule", strokeWidth: 2 },
          { x: { ...x, field: "low" }, x2: { field: "high" } },
          "isValid(datum.low)",
        ),
        layer(
          { type: "tick", thickness: 2, size: 9 },
          { x: { ...x, field: "piece" } },
          "isValid(datum.piece)",
        ),
        layer(
          { type: "point", size: 60, opacity: 1, strokeWidth: 1.8 },
          { x: { ...x, field: "nll" }, shape, fill, tooltip },
        ),
      ],
    },
    resolve: { scale: { x: "independent" } },
    config: chartConfig,
  };
}

const digits = (value: number) => Number(value.toPrecision(5));
