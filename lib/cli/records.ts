import { type Command, Option } from "commander";
import { z } from "zod";
import { tryFiles } from "../files/place.js";
import { writeWholeFile } from "../files/whole-file.js";
import { cellTitle } from "../show/colours.js";
import { duration } from "../show/duration.js";
import { type Table, tableText } from "../show/table.js";
import { printable } from "../sweep/foreign-rows.js";
import { openDatabase } from "../sweep/open-database.js";
import { SweepQueue } from "../sweep/queue.js";
import {
  bestRecords,
  filterRecords,
  readRecords,
  recordPlaces,
  recordsCsv,
} from "../sweep/records.js";
import { databaseFolder } from "../sweep/results-folder.js";
import { type ProtocolName, protocolNames, type RunRecord, runRecord } from "../train/record.js";
import { names, wholeNumber } from "./options.js";

interface RecordsArguments {
  readonly db?: string;
  readonly data?: readonly string[];
  readonly cells?: readonly string[];
  readonly seed?: number;
  readonly protocol?: ProtocolName;
  readonly status?: RunRecord["status"];
  readonly best?: boolean;
  readonly format: "table" | "csv" | "json" | "schema";
  readonly to?: string;
}

export function addRecords(program: Command): void {
  program
    .command("records")
    .description("the records of runs: list, filter, export")
    .argument("[folder]", "a folder of records, or of folders that have some", "runs/sweep")
    .option("--db <url>", "the records in a sweep's PostgreSQL database instead")
    .option("--data <names>", "only these data sets, parted by commas", names)
    .option("--cells <names>", "only these cells, parted by commas", names)
    .option("--seed <n>", "only this seed", wholeNumber(0, 2 ** 32 - 1))
    .addOption(new Option("--protocol <name>", "only runs by this protocol").choices(protocolNames))
    .addOption(
      new Option("--status <word>", "only runs that ended so").choices(
        runRecord.shape.status.options,
      ),
    )
    .option(
      "--best",
      "only the lowest validation NLL of each search: of runs that differ in learning rate and seed",
    )
    .addOption(
      new Option(
        "--format <kind>",
        "a table to read, a CSV table, the whole records as JSON, or the JSON Schema that they follow",
      )
        .choices(["table", "csv", "json", "schema"])
        .default("table"),
    )
    .option("--to <file>", "write to a file instead of standard output")
    .action(async (folder: string, args: RecordsArguments) => {
      if (args.to !== undefined) tryFiles([args.to]);
      const text = args.format === "schema" ? schema() : await listing(folder, args);
      if (args.to === undefined) process.stdout.write(text);
      else writeWholeFile(args.to, text);
    });
}

/** The published schema, for programs in other languages. */
const schema = () =>
  `${JSON.stringify({ title: "gated-rnn/run/1", ...z.toJSONSchema(runRecord) }, null, 1)}\n`;

async function listing(
  folder: string,
  { db, seed, protocol, status, best, format, data, cells }: RecordsArguments,
): Promise<string> {
  const found = filterRecords(
    db === undefined ? recordsBelow(folder) : await databaseRecords(folder, db),
    {
      ...(data ? { data } : {}),
      ...(cells ? { cells } : {}),
      ...(seed === undefined ? {} : { seeds: [seed] }),
      ...(status ? { status: [status] } : {}),
      ...(protocol ? { protocols: [protocol] } : {}),
    },
  );
  const records = best ? bestRecords(found) : found;
  switch (format) {
    case "csv":
      return recordsCsv(records);
    case "json":
      return `${JSON.stringify(records)}\n`;
    default:
      return `${tableText(recordsTable(records))}\n`;
  }
}

function recordsBelow(folder: string): RunRecord[] {
  const { records, bad } = readGoodRecords(folder);
  if (records.length + bad === 0) warn(`${folder}: no records, neither in it nor in folders below`);
  return records;
}

/** The records of files and of folders, at any depth; what is none is left out, with a line about each and how many there are. */
export function readGoodRecords(...places: readonly string[]): {
  readonly records: RunRecord[];
  readonly bad: number;
} {
  let bad = 0;
  const onBad = ({ message }: Error) => {
    bad += 1;
    warn(message);
  };
  const records = recordPlaces(places).flatMap((place) => readRecords(place, { onBad }));
  if (bad > 0) warn(`${places.join(", ")}: ${bad} of ${bad + records.length} records left out`);
  return { records, bad };
}

const warn = (problem: string) => process.stderr.write(`gated-rnn: ${printable(problem)}\n`);

async function databaseRecords(folder: string, db: string): Promise<RunRecord[]> {
  const database = await openDatabase(databaseFolder(folder), db, { onError: () => {} });
  try {
    return await (await SweepQueue.open(database, { onProblem: warn })).results();
  } finally {
    await database.close();
  }
}

/** What else sets runs apart, in a column of its own where they differ in it. */
const further: Readonly<Record<string, (record: RunRecord) => string>> = {
  hidden: ({ configuration }) => String(configuration.hiddenSize),
  output: ({ configuration }) => configuration.output ?? "the usual",
  "weight\nnoise": ({ configuration }) => String(configuration.weightNoise),
};

function recordsTable(records: readonly RunRecord[]): Table {
  const left = (title: string) => ({ title, align: "left" as const });
  const right = (title: string) => ({ title, align: "right" as const });
  const apart = Object.entries(further).filter(([, of]) => new Set(records.map(of)).size > 1);
  return {
    caption: `${records.length} runs; NLL in nats per step`,
    columns: [
      ...[left("run"), left("data"), left("unit"), left("protocol")],
      ...apart.map(([title]) => left(title)),
      ...["learning\nrate", "seed", "epochs", "best", "train", "valid", "test", "time"].map(right),
      left("status"),
    ],
    rows: records.map((record) => {
      const { id, configuration: c, curve, bestEpoch, results: r, seconds, status } = record;
      return [
        ...[id, c.data, cellTitle(c.cell), c.protocol],
        ...apart.map(([, of]) => of(record)),
        ...[c.learningRate.toPrecision(2), String(c.seed), String(curve.length), String(bestEpoch)],
        ...[r.train, r.valid, r.test].map(({ nllPerStep }) => nllPerStep.toFixed(3)),
        ...[duration(seconds), status],
      ];
    }),
    notes: [],
  };
}
