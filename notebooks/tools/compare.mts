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
const kindOf = ({ configuration: { data, protocol } }: RunRecord) => {
  if (data.startsWith("speech")) return "speech";
  return protocol === "authors" ? "music-authors" : "music";
};
const kinds = ["music", "music-authors", "speech"];
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function gather(folder: string, records: readonly RunRecord[]): void {
  rmSync(folder, { recursive: true, force: true });
  for (const kind of kinds) makeFolder(join(folder, kind));
  for (const record of records) writeRecord(join(folder, kindOf(record)), record);
  // not repeated: runs of 800 epochs, rates beyond the searches', and one rate for all units
  for (const kind of ["long", "beyond", "published-rate"].filter((kind) =>
    existsSync(join(committed, kind)),
  ))
    cpSync(join(committed, kind), join(folder, kind), { recursive: true });
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
const kept = kinds.flatMap((kind) => readRecords(join(committed, kind)));
gather(join(folder, "results"), own);

/** Runs with and without weight noise are two searches, and so are the protocols. */
const groups = new Map(
  own.map(({ configuration: { data, cell, weightNoise, protocol } }) => [
    `${data} ${cell} ${weightNoise} ${protocol}`,
    { data, cell, noisy: weightNoise > 0, protocol },
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
    rows: [...groups.values()].map(({ data, cell, noisy, protocol }) => {
      const alike = (records: readonly RunRecord[]) =>
        records.filter(
          ({ configuration: c }) => c.weightNoise > 0 === noisy && c.protocol === protocol,
        );
      const by = protocol === "ours" ? "" : ", the authors' protocol";
      const title = `${data}${noisy ? "" : ", no weight noise"}${by}`;
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
