import { isComparable, type Search, searches } from "../sweep/searches.js";
import type { RunRecord } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { paperNll, paperTable, paperUnits } from "./paper-table.js";
import { meanOf, nats } from "./scores.js";
import type { Table } from "./table.js";
import { protocolTitles } from "./table-2.js";

/**
 * How far ours lie from the paper's music scores, by the kind of mean: in each cell ours less the
 * paper's, in nats. The paper does not say which mean it took, nor at which epoch: the last column
 * has the training NLL of the last epoch, as training saw it, instead of that of the best one.
 */
export function meansTable(records: readonly RunRecord[]): Table {
  const found = searches(records).filter(isComparable);
  const rows = paperTable
    .filter(({ kind }) => kind === "music")
    .flatMap(({ data, title }) =>
      paperUnits.flatMap((cell) =>
        found
          .filter((search) => search.data === data && search.cell === cell)
          .map((search) => [title, cellTitle(cell), ...away(search)]),
      ),
    );
  return {
    caption: "Ours less the paper's, in nats, by the kind of mean",
    columns: [
      { title: "data", align: "left" },
      { title: "unit", align: "left" },
      { title: "protocol", align: "left" },
      ...[
        "test\n/step",
        "test\n/piece",
        "test nearer",
        "train\n/step",
        "train\n/piece",
        "train\nlast epoch",
      ].map((title) => ({ title, align: "right" as const })),
    ],
    rows: rows.map((row, k) => (row[0] === rows[k - 1]?.[0] ? ["", ...row.slice(1)] : row)),
    notes: [
      "Mean over the seeds of the chosen rate. train: parameters of the best validation epoch, without noise; last epoch: per step, with noise.",
    ],
  };
}

function away({ data, cell, protocol, chosen }: Search): string[] {
  const paper = paperNll(data, cell);
  if (!paper) return [protocolTitles[protocol], ...Array<string>(6).fill("")];
  const less = (from: number, of: (run: RunRecord) => number) => meanOf(chosen.map(of)) - from;
  const test = [
    less(paper.test, (run) => run.results.test.nllPerStep),
    less(paper.test, (run) => run.results.test.nllPerSequence),
  ];
  const train = [
    less(paper.train, (run) => run.results.train.nllPerStep),
    less(paper.train, (run) => run.results.train.nllPerSequence),
    less(paper.train, (run) => run.curve[run.curve.length - 1].trainingNllPerStep),
  ];
  const nearer = Math.abs(test[0]) < Math.abs(test[1]) ? "step" : "piece";
  return [protocolTitles[protocol], ...test.map(signed), nearer, ...train.map(signed)];
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${nats(Math.abs(value))}`;
