import type { Rows } from "../data/batch.js";
import { GatedRnnError } from "../errors.js";
import type { Step } from "./sequence-kind.js";
import type { Column, OwnUnits, Units } from "./units.js";

/** The units of own sequences and of text. */
export type RowUnits = OwnUnits | Extract<Units, { readonly kind: "text" }>;

/** The classes that a step may be, where it is one of some. */
export const classesOf = (units: RowUnits): readonly string[] =>
  units.kind === "text" ? units.characters : units.kind === "classes" ? units.classes : [];

/** Whether what is predicted is the next step of what is read: such a model can go on by itself. */
export const isContinued = (units: RowUnits): boolean =>
  units.kind === "text" || units.of === "next";

/**
 * A step in a person's units as the row that a model reads.
 *
 * @throws GatedRnnError `usage` for what is no step of this kind
 */
export function inputRow(units: RowUnits, step: Step, at: number): Float64Array {
  if (units.kind === "text" || (units.kind === "classes" && units.of === "next")) {
    const classes = classesOf(units);
    const index = classes.indexOf(String(step));
    if (index < 0) throw wrong(at, `one of ${some(classes)}`, JSON.stringify(step));
    return oneHot(classes.length, [index]);
  }
  const numbers = typeof step === "number" ? [step] : typeof step === "string" ? [] : step;
  const values = Array.from(numbers);
  const { input } = units;
  if (input.kind === "keys") {
    const isKey = (key: number) => Number.isInteger(key) && key >= 0 && key < input.size;
    if (typeof step === "string" || !values.every(isKey))
      throw wrong(at, `keys from 0 to ${input.size - 1}`, String(step));
    return oneHot(input.size, values);
  }
  if (values.length !== input.columns.length || !values.every(Number.isFinite))
    throw wrong(at, `${input.columns.length} finite numbers`, String(step));
  return Float64Array.from(values, (v, j) => normal(v, input.columns[j]));
}

/** A row of a batch's input as a step in a person's units: what `inputRow` undoes. */
export function inputStep(units: RowUnits, rows: Rows, row: number): Step {
  const on =
    rows.kind === "sparse"
      ? Array.from(rows.columns.subarray(rows.offsets[row], rows.offsets[row + 1]))
      : [];
  if (units.kind === "text" || (units.kind === "classes" && units.of === "next"))
    return classesOf(units)[on[0]];
  const { input } = units;
  if (rows.kind === "sparse" || input.kind === "keys") return on;
  const values = rows.values.subarray(row * rows.width, (row + 1) * rows.width);
  return Array.from(values, (v, j) => input.columns[j].mean + input.columns[j].deviation * v);
}

/** A row that a model predicts as a step in a person's units. */
export function targetStep(units: RowUnits, row: ArrayLike<number>): Step {
  const values = Array.from(row);
  switch (units.kind) {
    case "text":
    case "classes":
      return classesOf(units)[values.indexOf(1)];
    case "counts":
      return values;
    case "keys":
      return values.flatMap((on, key) => (on === 1 ? [key] : []));
    case "values":
      return values.map((v, j) => units.columns[j].mean + units.columns[j].deviation * v);
  }
}

/** What a model reads where nothing is known: a series' mean, no key, a line's end or first class. */
export function firstStep(units: RowUnits): Step {
  if (units.kind === "text" || (units.kind === "classes" && units.of === "next")) {
    const classes = classesOf(units);
    return ["\n", " "].find((character) => classes.includes(character)) ?? classes[0];
  }
  return units.input.kind === "keys" ? [] : units.input.columns.map(({ mean }) => mean);
}

const normal = (value: number, { mean, deviation }: Column) => (value - mean) / deviation;

function oneHot(size: number, on: readonly number[]): Float64Array {
  const row = new Float64Array(size);
  for (const key of on) row[key] = 1;
  return row;
}

function wrong(at: number, expected: string, got: string): GatedRnnError {
  return new GatedRnnError("usage", `step ${at}: expected ${expected}, got ${got.slice(0, 60)}`);
}

const some = (names: readonly string[]) =>
  names.length > 8
    ? `${names.length} classes, ${JSON.stringify(names[0])} to ${JSON.stringify(names.at(-1))}`
    : names.map((name) => JSON.stringify(name)).join(", ");
