import { searches } from "../sweep/searches.js";
import type { ProtocolName, RunRecord } from "../train/record.js";
import { cellScale, cellTitle, chartConfig, ink } from "./colours.js";
import { paperTable, paperUnits } from "./paper-table.js";
import { meanOf, nats } from "./scores.js";
import { type VegaLiteSpec, vegaLiteSchema } from "./spec.js";

/** What a picture of learning rates shows. */
export interface RatePictureOptions {
  readonly protocol: ProtocolName;
  /** A learning rate to mark by a line down, and to compare at. */
  readonly mark?: number;
}

/** Test NLL of a unit at one learning rate, the mean over the seeds that finished. */
interface RateScore {
  readonly unit: string;
  readonly learningRate: number;
  /** nats per step */
  readonly nll: number;
  readonly seeds: number;
}

/** A panel shows what is worse than its best by up to so many nats; lines leave it at the top. */
const shownNats = 1;

/**
 * Test NLL of the paper's units against the learning rate, a panel for each set of music that has been searched by the protocol:
 * what a comparison says at one rate for all, and what where each unit has its best.
 */
export function ratePicture(
  records: readonly RunRecord[],
  { protocol, mark }: RatePictureOptions,
): VegaLiteSpec {
  const found = searches(records.filter((record) => record.configuration.protocol === protocol));
  const panels = paperTable.flatMap(({ data, title }) => {
    const scores = paperUnits.flatMap((cell) =>
      found
        .filter((search) => search.data === data && search.cell === cell)
        .flatMap(({ runs }) => scoresByRate(cell, runs)),
    );
    return scores.length > 0 ? [{ title, scores }] : [];
  });
  const all = panels.flatMap(({ scores }) => scores.map(({ learningRate }) => learningRate));
  const rates = mark === undefined ? all : [...all, mark];
  return {
    $schema: vegaLiteSchema,
    description: panels.map((panel) => inWords(panel, mark)).join(". "),
    title: {
      text: "What a comparison owes to the learning rate",
      subtitle: [
        `${protocol === "ours" ? "our protocol" : "the authors' protocol"}; test NLL per step, the mean over seeds; more than ${shownNats} nat above a set's best is cut off`,
        ...(mark === undefined ? [] : [`the line down: ${mark}`]),
      ],
    },
    columns: 2,
    concat: panels.map(({ title, scores }) => panelOf(title, scores, rates, mark)),
    config: chartConfig,
  };
}

function scoresByRate(cell: string, runs: readonly RunRecord[]): RateScore[] {
  const ended = runs.filter(({ status }) => status !== "failed");
  const rates = [...new Set(ended.map(({ configuration }) => configuration.learningRate))];
  return rates
    .sort((a, b) => a - b)
    .map((learningRate) => {
      const scores = ended
        .filter(({ configuration }) => configuration.learningRate === learningRate)
        .map(({ results }) => results.test.nllPerStep);
      const nll = Number(meanOf(scores).toPrecision(5));
      return { unit: cellTitle(cell), learningRate, nll, seeds: scores.length };
    });
}

function panelOf(
  title: string,
  scores: readonly RateScore[],
  rates: readonly number[],
  mark?: number,
): Readonly<Record<string, unknown>> {
  const best = Math.min(...scores.map(({ nll }) => nll));
  const x = {
    field: "learningRate",
    type: "quantitative",
    title: "learning rate",
    scale: {
      type: "log",
      domain: [Math.min(...rates) / 1.2, Math.max(...rates) * 1.2], // of all panels
      nice: false,
    },
    axis: {
      values: [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3],
      format: "~g",
      grid: false,
      labelFlush: false,
    },
  };
  const y = {
    field: "nll",
    type: "quantitative",
    title: "test NLL (nats)",
    scale: { domain: [best - 0.05, best + shownNats], nice: false },
  };
  const color = {
    field: "unit",
    type: "nominal",
    title: "unit",
    scale: cellScale(paperUnits),
  };
  const tooltip = [
    { field: "unit" },
    { field: "learningRate", format: "~g" },
    { field: "nll", format: ".3f" },
    { field: "seeds" },
  ];
  const rule = {
    data: { values: [{ learningRate: mark }] },
    mark: { type: "rule", color: ink, strokeDash: [4, 3] },
    encoding: { x },
  };
  return {
    title,
    width: 270,
    height: 190,
    data: { values: scores },
    layer: [
      ...(mark === undefined ? [] : [rule]),
      { mark: { type: "line", clip: true, strokeWidth: 2 }, encoding: { x, y, color } },
      {
        mark: { type: "point", clip: true, filled: true, size: 40, opacity: 1 },
        encoding: { x, y, color, tooltip },
      },
    ],
  };
}

/** "JSB Chorales: tanh 8.64 at its best, 8.93 at 0.001; GRU …" */
function inWords(
  { title, scores }: { readonly title: string; readonly scores: readonly RateScore[] },
  mark?: number,
): string {
  const units = [...new Set(scores.map(({ unit }) => unit))].map((unit) => {
    const own = scores.filter((score) => score.unit === unit);
    const best = own.reduce((a, b) => (b.nll < a.nll ? b : a));
    const there = own.find(({ learningRate }) => learningRate === mark);
    const at = there ? `, ${nats(there.nll)} at ${mark}` : "";
    return `${unit} ${nats(best.nll)} at its best, ${best.learningRate.toPrecision(2)}${at}`;
  });
  return `${title}: ${units.join("; ")}`;
}
