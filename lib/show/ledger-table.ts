import type { RunRecord } from "../train/record.js";
import { cellTitle } from "./colours.js";
import { type LedgerEntry, type LedgerSet, ledger } from "./ledger.js";
import { paperTable, paperUnits } from "./paper-table.js";
import { provenance } from "./provenance.js";
import type { Table } from "./table.js";

/** Runs of ours that stand in the ledger together: of chosen rates, all seeds. */
export interface LedgerRuns {
  /** How they were trained, such as "ours" or "the authors' protocol". */
  readonly title: string;
  readonly records: readonly RunRecord[];
  /** Whether their output draws a chord's notes together (default: each alone); their size is then what they have, output included. */
  readonly output?: LedgerEntry["output"];
}

const sets = ["jsb", "nottingham", "musedata", "piano-midi"] as const;

/**
 * Published test NLLs, and ours among them, in nats: rows with independent keys first, then those
 * that predict a chord's notes together; ours behind the others of their kind. Ours stand twice, since sources seldom say which mean they
 * took: over all steps, and over pieces. A row marked * is from memory, not read in its source.
 */
export function ledgerTable(ours: readonly LedgerRuns[] = []): Table {
  const title = (set: LedgerSet) => paperTable.find(({ data }) => data === set)?.title ?? set;
  const published = (output: LedgerEntry["output"]) =>
    ledger.filter((entry) => entry.output === output).map(publishedRow);
  const records = ours.flatMap((runs) => runs.records);
  const source = provenance(records);
  return {
    caption: "Test NLL on piano-rolls in nats: the literature, and ours",
    columns: [
      { title: "model", align: "left" },
      { title: "size", align: "left" },
      { title: "chord's notes", align: "left" },
      { title: "mean over", align: "left" },
      ...sets.map((set) => ({ title: title(set), align: "right" as const })),
      { title: "source", align: "left" },
    ],
    rows: (["independent", "joint"] as const).flatMap((output) => [
      ...published(output),
      ...ours.filter((runs) => (runs.output ?? "independent") === output).flatMap(ourRows),
    ]),
    notes: [
      "*: from memory, not read in its source. Ours: mean over seeds at the chosen rate.",
      "mean over: pieces and steps differ by as much as units do; most sources do not say.",
      ...(source === "" ? [] : [source.replace(/ · commit.*/, "")]),
    ],
  };
}

function publishedRow({ model, size, output, mean, source, read, test }: LedgerEntry): string[] {
  return [
    model,
    size ?? "",
    output === "joint" ? "together" : "each alone",
    mean,
    ...sets.map((set) => test[set]?.toString() ?? "–"),
    read ? source : `${source} *`,
  ];
}

/** Parameters of the largest of some runs, in thousands: all of them where the output counts, else the recurrent layer's 20,000. */
function sizeOf(runs: readonly RunRecord[], output: LedgerRuns["output"]): string {
  if (output !== "joint") return "20 k";
  const sizes = runs.map(({ parameters: p }) => Math.round((p.recurrent + p.output) / 1000));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? `${most} k` : `${least}–${most} k`;
}

function ourRows({ title, records, output }: LedgerRuns): string[][] {
  return paperUnits.flatMap((unit) => {
    const runs = records.filter(({ configuration }) => configuration.cell === unit);
    if (runs.length === 0) return [];
    return (["steps", "pieces"] as const).map((mean) => [
      cellTitle(unit),
      sizeOf(runs, output),
      output === "joint" ? "together" : "each alone",
      mean,
      ...sets.map((set) => {
        const scores = runs
          .filter(({ configuration }) => configuration.data === set)
          .map(({ results: { test } }) =>
            mean === "steps" ? test.nllPerStep : test.nllPerSequence,
          );
        if (scores.length === 0) return "–";
        return (scores.reduce((a, b) => a + b, 0) / scores.length).toFixed(2);
      }),
      `here: ${title}`,
    ]);
  });
}
