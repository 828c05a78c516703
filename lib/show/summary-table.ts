import type { Spread, SweepSummary } from "../sweep/summary.js";
import { cellTitle } from "./colours.js";
import { paperNll, paperTable } from "./paper-table.js";
import type { Column, Table } from "./table.js";

const columns: readonly Column[] = [
  { title: "data", align: "left" },
  { title: "unit", align: "left" },
  { title: "protocol", align: "left" },
  { title: "learning\nrate", align: "right" },
  { title: "train", align: "right" },
  { title: "valid", align: "right" },
  { title: "test", align: "right" },
  { title: "seeds", align: "right" },
  { title: "paper:\ntrain", align: "right" },
  { title: "paper:\ntest", align: "right" },
];

/** Those whose NLL compares with the paper's. */
const musicSets = new Set(
  paperTable.filter(({ kind }) => kind === "music").map(({ data }) => data),
);

/** A sweep's chosen runs in the form of table 2 of Chung et al. 2014: NLL in nats per step, mean ± standard deviation over the seeds. */
export function summaryTable({ plan, runs, rows, code }: SweepSummary): Table {
  return {
    caption: `NLL in nats per step at the learning rate with the lowest validation NLL${plan.width === "origin" ? "; variants as wide as their units" : ""}`,
    columns,
    rows: rows.map(({ data, cell, protocol, chosen, seeds, spread }) => {
      const paper = musicSets.has(data) ? paperNll(data, cell) : undefined;
      return [
        data,
        cellTitle(cell),
        protocol,
        chosen ? chosen.learningRate.toPrecision(2) : "–",
        ...(["train", "valid", "test"] as const).map((split) =>
          spread ? spreadText(spread[split]) : "–",
        ),
        String(seeds.length),
        paper ? paper.train.toFixed(2) : "",
        paper ? paper.test.toFixed(2) : "",
      ];
    }),
    notes: [
      `${runs.done} of ${runs.total} runs; ${plan.learningRates} learning rates with seed ${plan.seed}${compared(plan)}, ${plan.seeds} seed${plan.seeds > 1 ? "s" : ""} at the chosen one${plan.medianRule ? "; hopeless rates were given up by the median rule" : ""}.`,
      `gated-rnn ${code.version}${code.commit ? ` at ${code.commit}` : ""}.`,
    ],
  };
}

const compared = ({ finalists = 1, rateSeeds = 1 }: SweepSummary["plan"]) =>
  finalists > 1 && rateSeeds > 1
    ? `, the best ${finalists} compared by the mean of ${rateSeeds} seeds`
    : "";

const spreadText = ({ mean, standardDeviation }: Spread) =>
  standardDeviation === null
    ? mean.toFixed(3)
    : `${mean.toFixed(3)} ± ${standardDeviation.toFixed(3)}`;
