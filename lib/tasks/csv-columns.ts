import { type CsvTable, cellNumber } from "../data/csv.js";
import type { Split } from "../data/dataset.js";
import { GatedRnnError } from "../errors.js";
import type { DataOptions } from "./data-options.js";
import type { LabelledSequence } from "./sequence.js";
import type { SequenceKind, Step } from "./sequence-kind.js";

/** Rows of a table that are one sequence, and the split that their file's folder names. */
export interface Series {
  readonly table: CsvTable;
  /** Positions in the table. */
  readonly rows: readonly number[];
  readonly split: Split | undefined;
}

/** How rows of cells become sequences. */
interface Labelling {
  readonly sequenceOf: (series: Series) => LabelledSequence;
  readonly kind: SequenceKind;
  /** Rows that a sequence needs. */
  readonly least: number;
  /** How the columns were understood, a line each. */
  readonly notices: readonly string[];
}

/**
 * What the columns of tables mean: which are read, and what is predicted of which row.
 *
 * @throws GatedRnnError `usage` for columns that are not there or that leave nothing to read
 */
export function labelling(series: readonly Series[], options: DataOptions): Labelling {
  const tables = [...new Set(series.map(({ table }) => table))];
  const [{ columns }] = tables;
  const numeric = new Set(columns.filter((_, at) => tables.every((t) => isNumeric(t, at))));
  const { target = [], input } = options;
  known("--target", target, columns);
  known("--input", input ?? [], columns);
  const predict =
    options.predict ?? (target.some((name) => !numeric.has(name)) ? "classes" : "values");
  if (predict === "classes" && target.length !== 1)
    throw new GatedRnnError(
      "usage",
      `--target: expected the one column of classes, got ${target.join(", ") || "none"}`,
    );
  const of = options.of ?? usualOf(series, predict, target);
  const readsTarget = of === "next" && predict !== "classes";
  const read =
    input ??
    columns.filter(
      (name) =>
        numeric.has(name) && name !== options.sequence && (readsTarget || !target.includes(name)),
    );
  const seen = of === "next" ? undefined : read.find((name) => target.includes(name));
  if (seen !== undefined)
    throw new GatedRnnError(
      "usage",
      `--input: expected columns that do not tell the target, got ${seen} itself; leave it out, or predict the next row`,
    );
  if (read.length === 0)
    throw new GatedRnnError(
      "usage",
      `--input: expected a column of numbers to read, got none among ${columns.join(", ")}`,
    );
  const predicted = target.length > 0 ? target : read;
  if (of === "sequence" && predicted.length !== 1)
    throw new GatedRnnError(
      "usage",
      `--target: expected one column that tells something of whole sequences, got ${predicted.join(", ")}`,
    );
  const continued = readsTarget && predicted.join("\n") === read.join("\n");
  const leftOut = columns.filter(
    (name) => !read.includes(name) && !predicted.includes(name) && name !== options.sequence,
  );
  const kind: SequenceKind = {
    predict,
    columns: read,
    ...(continued ? {} : named(predict, predicted)),
  };
  return {
    sequenceOf: (one) => sequenceOf(one, read, predicted, predict, continued ? "continued" : of),
    kind,
    least: of === "next" && !continued ? 2 : 1,
    notices: [
      `reads ${read.join(", ")}; predicts ${predicted.join(", ")} ${rowsOf[of]}${predict === "values" ? "" : ` (${predict})`}`,
      ...(leftOut.length > 0 ? [`left out: ${leftOut.join(", ")}`] : []),
    ],
  };
}

const rowsOf = {
  next: "of the next row",
  step: "of each row",
  sequence: "of each whole sequence, at its last row",
} as const;

const named = (predict: SequenceKind["predict"], columns: readonly string[]) =>
  predict === "classes" ? {} : { targetColumns: columns };

/** Numbers are predicted a row ahead; a class that never changes within a sequence, once for it. */
function usualOf(
  series: readonly Series[],
  predict: SequenceKind["predict"],
  target: readonly string[],
): NonNullable<DataOptions["of"]> {
  if (predict !== "classes") return "next";
  const constant = ({ table, rows }: Series) => {
    const at = table.columns.indexOf(target[0]);
    return rows.every((row) => table.rows[row][at] === table.rows[rows[0]][at]);
  };
  return series.length > 1 && series.every(constant) ? "sequence" : "step";
}

function sequenceOf(
  { table, rows }: Series,
  read: readonly string[],
  predicted: readonly string[],
  predict: SequenceKind["predict"],
  of: NonNullable<DataOptions["of"]> | "continued",
): LabelledSequence {
  const places = (names: readonly string[]) => names.map((name) => table.columns.indexOf(name));
  const [from, to] = [places(read), places(predicted)];
  const input = rows.map((row) => from.map((at) => numberAt(table, row, at)));
  if (of === "continued") return { input };
  const targetAt = (row: number): Step | null => {
    const cells = to.map((at) => table.rows[row][at]);
    if (cells.some((cell) => cell === "")) return null; // not known
    return predict === "classes" ? cells[0] : to.map((at) => numberAt(table, row, at));
  };
  const target = rows.map(targetAt);
  switch (of) {
    case "next":
      return { input: input.slice(0, -1), target: target.slice(1) };
    case "step":
      return { input, target };
    case "sequence":
      return { input, target: oneTarget(target.at(-1) ?? "") };
  }
}

/** The target of a whole sequence: a name, or the one number of its row. */
const oneTarget = (step: Step): string | number => (typeof step === "object" ? step[0] : step);

/** Numbers, and places where one is missing: what reads those columns refuses these by their line. */
function isNumeric({ rows }: CsvTable, column: number): boolean {
  const cells = rows.map((row) => row[column]).filter((cell) => !noNumber.test(cell));
  return cells.length > 0 && cells.every((cell) => cellNumber(cell) !== undefined);
}

/** What programs write where a number is missing or was none. */
const noNumber = /^\s*([+-]?(nan|inf|infinity)|n\/?a|)\s*$/i;

function numberAt(table: CsvTable, row: number, column: number): number {
  const cell = table.rows[row][column];
  const value = cellNumber(cell);
  if (value !== undefined) return value;
  throw new GatedRnnError(
    "bad-file",
    `${table.file}: line ${table.lines[row]}, column ${table.columns[column]}: expected a number, got ${cell === "" ? "nothing" : JSON.stringify(cell.slice(0, 40))}; fill it, or name the columns to read by --input`,
  );
}

function known(option: string, names: readonly string[], columns: readonly string[]): void {
  for (const name of names)
    if (!columns.includes(name))
      throw new GatedRnnError(
        "usage",
        `${option}: expected columns among ${columns.join(", ")}, got ${name}`,
      );
}
