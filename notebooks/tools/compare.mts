// compare.mts FOLDER: the sweeps that `npm run reproduce` has left in FOLDER, beside the committed records: test NLL of the chosen runs.
// Gathers the records in FOLDER/results as notebooks/results has them, so that the notebooks can be run on them.

import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type RunRecord, readRecords, writeRecord } from "gated-rnn";
import { cellTitle, tableText } from "gated-rnn/show";
import { chosenRecords, filterRecords } from "gated-rnn/sweep";
import { makeFolder } from "./folder.mts";
import { root } from "./jupyter.mts";

const committed = join(root, "notebooks", "results");
const kindOf = ({ configuration: { data } }: RunRecord) =>
  data.startsWith("speech") ? "speech" : "music";
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function gather(folder: string, records: readonly RunRecord[]): void {
  rmSync(folder, { recursive: true, force: true });
  for (const kind of ["music", "speech"]) makeFolder(join(folder, kind));
  for (const record of records) writeRecord(join(folder, kindOf(record)), record);
  cpSync(join(committed, "long"), join(folder, "long"), { recursive: true }); // runs of 800 epochs: not repeated
}

/** The chosen runs' test NLL, mean over the seeds, and how many epochs and seeds it stands for. */
function cells(records: readonly RunRecord[], data: string, cell: string): string[] {
  const chosen = chosenRecords(filterRecords(records, { data: [data], cells: [cell] }));
  if (chosen.length === 0) return ["–", "–", "–"];
  const nll = mean(chosen.map(({ results }) => results.test.nllPerStep));
  return [nll.toFixed(2), String(chosen[0].configuration.epochs), String(chosen.length)];
}

const [folder] = process.argv.slice(2);
const sweeps = readdirSync(folder).filter(
  (name) => name !== "results" && existsSync(join(folder, name, "summary.json")),
);
const own = sweeps.flatMap((name) => readRecords(join(folder, name)));
const kept = ["music", "speech"].flatMap((kind) => readRecords(join(committed, kind)));
gather(join(folder, "results"), own);

/** Runs with and without weight noise are two searches. */
const groups = new Map(
  own.map(({ configuration: { data, cell, weightNoise } }) => [
    `${data} ${cell} ${weightNoise}`,
    { data, cell, noisy: weightNoise > 0 },
  ]),
);
const column = (title: string) => ({ title, align: "right" as const });
console.log(
  tableText({
    caption:
      "Test NLL in nats per step, mean over the seeds of the chosen learning rate: these records beside the committed ones",
    columns: [
      { title: "data", align: "left" },
      { title: "unit", align: "left" },
      ...["these", "epochs\nat most", "seeds", "committed", "epochs\nat most", "seeds"].map(column),
    ],
    rows: [...groups.values()].map(({ data, cell, noisy }) => {
      const alike = (records: readonly RunRecord[]) =>
        records.filter((record) => record.configuration.weightNoise > 0 === noisy);
      const title = noisy ? data : `${data}, no weight noise`;
      return [
        title,
        cellTitle(cell),
        ...cells(alike(own), data, cell),
        ...cells(alike(kept), data, cell),
      ];
    }),
    notes: [],
  }),
);
