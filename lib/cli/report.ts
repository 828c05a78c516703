import { join } from "node:path";
import type { Baseline } from "../data/baselines.js";
import type { MusicDataset } from "../data/dataset.js";
import { writeWholeFile } from "../files/whole-file.js";
import { baselineReferences, baselineRows } from "../show/baseline-rows.js";
import { learningCurves } from "../show/learning-curves.js";
import { htmlPage } from "../show/page.js";
import { toSvg } from "../show/picture.js";
import { resultsTable } from "../show/results-table.js";
import { tableText } from "../show/table.js";
import type { RunRecord } from "../train/record.js";

export interface Report {
  /** The results, as text for a terminal. */
  readonly table: string;
  readonly files: readonly { readonly what: string; readonly file: string }[];
}

/** Writes the learning curves of some runs as SVG, by epoch and by seconds, and a page with them and the table of results. */
export async function writeReport(
  folder: string,
  dataset: MusicDataset,
  records: readonly RunRecord[],
  baselines: readonly Baseline[],
): Promise<Report> {
  const table = resultsTable(records, baselineRows(baselines), {
    entropyPerStep: dataset.entropyPerStep,
  });
  const references = baselineReferences(baselines);
  const drawn = records.filter((r) => r.curve.length > 0);
  const charts = (["epoch", "seconds"] as const).map((x) => ({
    x,
    spec: learningCurves(drawn, { x, references }),
  }));
  const files: { what: string; file: string }[] = [];
  const write = (what: string, name: string, text: string) => {
    const file = join(folder, name);
    writeWholeFile(file, text);
    files.push({ what, file });
  };
  if (drawn.length > 0) {
    for (const { x, spec } of charts)
      write(`learning curves by ${x}`, `learning-curves-${x}.svg`, await toSvg(spec));
    const sections = [...charts.map(({ spec }) => ({ chart: spec })), { table }];
    write(
      "page with curves and table",
      "index.html",
      await htmlPage(`${dataset.title}: tanh, GRU and LSTM`, sections),
    );
  }
  return { table: tableText(table), files };
}
