import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { GatedRnnError } from "../errors.js";
import { csvText } from "../files/csv-text.js";
import type { ProtocolName, RunRecord } from "../train/record.js";
import { readRecord } from "../train/record-file.js";
import { bySearch } from "./chosen.js";
import { bestOf } from "./summary.js";

/** What records are looked for by; a run must fit all that is given. */
export interface RecordFilter {
  readonly data?: readonly string[];
  readonly cells?: readonly string[];
  /** Seeds of the runs. */
  readonly seeds?: readonly number[];
  readonly status?: readonly RunRecord["status"][];
  readonly protocols?: readonly ProtocolName[];
}

const isRecordName = (name: string) => /-[0-9a-f]{16}\.json$/.test(name);

/** The places themselves or, of folders, the folders in them, at any depth, that have records. What is not there stays. */
export function recordPlaces(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    const below = namesBelow(place).filter(isRecordName);
    const folders = [...new Set(below.map((name) => join(place, dirname(name))))].sort();
    return folders.length > 0 ? folders : [place];
  });
}

function namesBelow(place: string): string[] {
  try {
    return readdirSync(place, { recursive: true, encoding: "utf8" });
  } catch {
    return []; // no folder, or none that can be read: reading its records says so
  }
}

/**
 * The records in a folder, one file a run, by file name; or the one record that a file is. With `onBad`, files that are none are left
 * out, and it is told of each.
 *
 * @throws GatedRnnError `record` when the folder cannot be read, or, without `onBad`, one of its records is none
 */
export function readRecords(
  place: string,
  { onBad }: { readonly onBad?: (error: GatedRnnError) => void } = {},
): RunRecord[] {
  let names: string[];
  let isFile = false;
  try {
    isFile = statSync(place).isFile();
    names = isFile ? [basename(place)] : readdirSync(place);
  } catch (error) {
    throw new GatedRnnError(
      "record",
      `${place}: expected a folder of records, got ${(error as Error).message}`,
      { cause: error },
    );
  }
  return names
    .filter((name) => isFile || isRecordName(name))
    .sort()
    .flatMap((name) => {
      try {
        return readRecord(join(isFile ? dirname(place) : place, name));
      } catch (error) {
        if (!onBad || !(error instanceof GatedRnnError)) throw error;
        onBad(error);
        return [];
      }
    });
}

/** The records that all given conditions hold for, in their order. */
export function filterRecords(
  records: readonly RunRecord[],
  { data, cells, seeds, status, protocols }: RecordFilter,
): RunRecord[] {
  return records.filter(
    ({ configuration: c, ...record }) =>
      (data?.includes(c.data) ?? true) &&
      (cells?.includes(c.cell) ?? true) &&
      (seeds?.includes(c.seed) ?? true) &&
      (status?.includes(record.status) ?? true) &&
      (protocols?.includes(c.protocol) ?? true),
  );
}

/**
 * Of each search (runs that differ in learning rate and seed only) the record with the lowest validation NLL per step, in the order
 * in which they come.
 */
export function bestRecords(records: readonly RunRecord[]): RunRecord[] {
  return bySearch(records).flatMap((runs) => bestOf(runs) ?? []);
}

/** What a record has in each column. */
const columns = {
  run: (r: RunRecord) => r.id,
  data: (r: RunRecord) => r.configuration.data,
  cell: (r: RunRecord) => r.configuration.cell,
  hidden: (r: RunRecord) => r.configuration.hiddenSize,
  parameters: (r: RunRecord) => r.parameters.recurrent,
  seed: (r: RunRecord) => r.configuration.seed,
  learningRate: (r: RunRecord) => r.configuration.learningRate,
  batchSize: (r: RunRecord) => r.configuration.batchSize,
  weightNoise: (r: RunRecord) => r.configuration.weightNoise,
  protocol: (r: RunRecord) => r.configuration.protocol,
  update: (r: RunRecord) => r.configuration.update,
  status: (r: RunRecord) => r.status,
  epochs: (r: RunRecord) => r.curve.length,
  bestEpoch: (r: RunRecord) => r.bestEpoch,
  trainNll: (r: RunRecord) => r.results.train.nllPerStep,
  validNll: (r: RunRecord) => r.results.valid.nllPerStep,
  testNll: (r: RunRecord) => r.results.test.nllPerStep,
  trainNllPerSequence: (r: RunRecord) => r.results.train.nllPerSequence,
  validNllPerSequence: (r: RunRecord) => r.results.valid.nllPerSequence,
  testNllPerSequence: (r: RunRecord) => r.results.test.nllPerSequence,
  meanGradientNorm: (r: RunRecord) => mean(r.curve.map(({ gradientNorm }) => gradientNorm.mean)),
  maxGradientNorm: (r: RunRecord) =>
    r.curve.reduce((most, { gradientNorm }) => Math.max(most, gradientNorm.max), 0),
  rescaledShare: (r: RunRecord) => mean(r.curve.map(({ gradientNorm }) => gradientNorm.rescaled)),
  seconds: (r: RunRecord) => r.seconds,
  engine: (r: RunRecord) => r.engine.build,
  version: (r: RunRecord) => r.code.version,
  commit: (r: RunRecord) => r.code.commit ?? "",
  dataChecksum: (r: RunRecord) => r.data.checksum,
  started: (r: RunRecord) => r.started,
} satisfies Readonly<Record<string, (record: RunRecord) => string | number>>;

/** A table by columns: what `new DataFrame(…)` of danfojs takes, and arquero's `table(…)`. */
export type RecordsFrame = { readonly [column in keyof typeof columns]: (string | number)[] };

/** Records as plain columns, a run a row; NLL in nats. A mean over no epochs is NaN. */
export function recordsFrame(records: readonly RunRecord[]): RecordsFrame {
  const column = ([name, value]: [string, (record: RunRecord) => string | number]) => [
    name,
    records.map(value),
  ];
  return Object.fromEntries(Object.entries(columns).map(column));
}

/** Records as CSV (RFC 4180), the same columns in the same order, with a line for their names. */
export function recordsCsv(records: readonly RunRecord[]): string {
  const rows = records.map((record) => Object.values(columns).map((value) => value(record)));
  return csvText([Object.keys(columns), ...rows]);
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
