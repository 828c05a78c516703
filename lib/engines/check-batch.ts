import type { Batch, Rows } from "../data/batch.js";
import type { Model } from "../model/model.js";
import { rowKind } from "../outputs/output.js";
import { checkWhole, firstNotFinite, isArray, shown, usage } from "./check.js";

/**
 * A batch as data/batch.ts says, for this model. Nothing is remembered from call to call, so that a batch that was changed in
 * between is looked at again.
 *
 * @throws GatedRnnError `usage`
 */
export function checkBatch(where: string, model: Model, batch: Batch): void {
  checkBatchShape(where, model, batch);
  checkColumns(where, model, batch);
}

/**
 * All of a batch but the words of its sparse rows, which are most of it: the native engines pass over those in C, where it costs a
 * fifth, and only ask `checkColumns` what to say of them.
 *
 * @throws GatedRnnError `usage`
 */
export function checkBatchShape(where: string, { inputSize, output }: Model, batch: Batch): void {
  if (typeof batch !== "object" || batch === null)
    throw usage(where, `batch: expected a batch, got ${shown(batch)}`);
  checkWhole(where, "batch: size", batch.size, 1, 2 ** 31 - 1);
  checkWhole(where, "batch: time", batch.time, 1, 2 ** 31 - 2);
  const rows = checkSteps(where, batch);
  const { input, target } = batch;
  checkRows(where, "input", input, rows, inputSize, input?.kind === "dense" ? "dense" : "sparse");
  checkRows(where, "target", target, rows, output.targetSize, rowKind(output));
  const { weights } = batch;
  if (weights !== undefined) checkWeights(where, weights, rows);
  if (output.target === "index" && target.kind === "sparse")
    for (let r = 0; r < rows; r++) {
      const columns = target.offsets[r + 1] - target.offsets[r];
      if (columns !== 1 && !(columns === 0 && weights?.[r] === 0))
        throw usage(
          where,
          `batch: target: expected exactly one column in every row of classes, got ${columns} in row ${r}; give rows without a class the weight 0`,
        );
    }
}

/** [rows] numbers from 0 on, not all 0. */
function checkWeights(where: string, weights: Float32Array, rows: number): void {
  const bad = (problem: string) =>
    usage(where, `batch: weights: ${problem}; leave them out for weights of 1`);
  if (!isArray(weights, "Float32Array") || weights.length !== rows)
    throw bad(`expected a Float32Array of ${rows}, got ${shown(weights)}`);
  const at = weights.findIndex((w) => !(w >= 0 && Number.isFinite(w)));
  if (at >= 0) throw bad(`expected finite numbers from 0 on, got ${weights[at]} in row ${at}`);
  if (!weights.some((w) => w > 0)) throw bad("expected a row to be predicted, got only zeros");
}

/** Lengths that fall, and offsets of steps that say the same. Returns the number of rows. */
function checkSteps(where: string, { size, time, lengths, stepOffsets, sources }: Batch): number {
  const bad = (problem: string) => usage(where, `batch: ${problem}; batchOf makes such batches`);
  for (const [what, array, length] of [
    ["lengths", lengths, size],
    ["sources", sources, size],
    ["stepOffsets", stepOffsets, time + 1],
  ] as const) {
    if (!isArray(array, "Int32Array"))
      throw bad(`expected ${what}, an Int32Array of ${length}, got ${shown(array)}`);
    if (array.length !== length) throw bad(`expected ${length} ${what}, got ${array.length}`);
  }
  if (stepOffsets[0] !== 0) throw bad(`expected stepOffsets from 0 on, got ${stepOffsets[0]}`);
  let running = size;
  for (let t = 0; t <= time; t++) {
    const now = t < time ? stepOffsets[t + 1] - stepOffsets[t] : 0;
    if (t < time && !(now >= 1 && now <= running && (t > 0 || now === size)))
      throw bad(
        `expected ${t === 0 ? size : `from 1 to ${running}`} rows of step ${t} in stepOffsets, got ${now}`,
      );
    for (; running > now; running--)
      if (lengths[running - 1] !== t)
        throw bad(
          `expected sequence ${running - 1} of ${t} steps as in stepOffsets, got ${lengths[running - 1]} in lengths`,
        );
  }
  return stepOffsets[time];
}

/**
 * Offsets and columns of a batch's sparse rows, for a batch whose shape is right.
 *
 * @throws GatedRnnError `usage`
 */
export function checkColumns(where: string, { inputSize, output }: Model, batch: Batch): void {
  checkSparseRows(where, "input", batch.input, inputSize);
  checkSparseRows(where, "target", batch.target, output.targetSize);
}

function checkRows(
  where: string,
  part: "input" | "target",
  given: Rows,
  count: number,
  width: number,
  kind: Rows["kind"],
): void {
  if (given?.kind !== kind || given.width !== width)
    throw usage(
      where,
      `expected ${kind} ${part} rows of ${width} columns, got ${given?.kind} rows of ${shown(given?.width)}; ${remedy}`,
    );
  const bad = (problem: string) => usage(where, `batch: ${part}: ${problem}; ${remedy}`);
  if (given.kind === "dense") {
    const { values } = given;
    if (!isArray(values, "Float32Array"))
      throw bad(`expected values, a Float32Array of ${count * width}, got ${shown(values)}`);
    if (values.length !== count * width)
      throw bad(`expected ${count} rows of ${width} values, got ${values.length} values`);
    const at = firstNotFinite(values);
    if (at >= 0) throw bad(`expected finite values, got ${values[at]} in row ${rowOf(at, width)}`);
    return;
  }
  const { offsets, columns } = given;
  if (!isArray(offsets, "Int32Array") || !isArray(columns, "Int32Array"))
    throw bad(
      `expected Int32Arrays of offsets and columns, got ${shown(offsets)}, ${shown(columns)}`,
    );
  if (offsets.length !== count + 1)
    throw bad(`expected ${count + 1} offsets, one more than rows, got ${offsets.length}`);
  if (offsets[0] !== 0 || offsets[count] !== columns.length)
    throw bad(
      `expected offsets from 0 to ${columns.length}, all columns, got ${offsets[0]} to ${offsets[count]}`,
    );
}

function checkSparseRows(where: string, part: "input" | "target", given: Rows, width: number) {
  if (given.kind === "dense") return;
  const { offsets, columns } = given;
  if (areRising(offsets, columns, width)) return;
  const bad = (problem: string) => usage(where, `batch: ${part}: ${problem}; ${remedy}`);
  for (let r = 0; r + 1 < offsets.length; r++) {
    const end = offsets[r + 1];
    if (!(end >= offsets[r] && end <= columns.length))
      throw bad(`expected offsets that do not fall, got ${end} after ${offsets[r]}, row ${r}`);
    const row = columns.subarray(offsets[r], end);
    const outside = row.find((column) => !(column >= 0 && column < width));
    if (outside !== undefined)
      throw bad(`expected columns from 0 to ${width - 1}, got ${outside} in row ${r}`);
    if (new Set(row).size < row.length)
      throw bad(`expected every column once in a row, got one twice in row ${r}`);
  }
}

/** The batch with the columns of every row in order, for engines that want them so; itself where they are. */
export function withRisingColumns(batch: Batch): Batch {
  const input = rising(batch.input);
  const target = rising(batch.target);
  return input === batch.input && target === batch.target ? batch : { ...batch, input, target };
}

function rising(rows: Rows): Rows {
  if (rows.kind === "dense" || areRising(rows.offsets, rows.columns, rows.width)) return rows;
  const columns = rows.columns.slice();
  rows.offsets.forEach((begin, r) => {
    columns.subarray(begin, rows.offsets[r + 1]).sort();
  });
  return { ...rows, columns };
}

const remedy = "make the batch for this model";

/**
 * Whether offsets do not fall and the columns of every row rise from 0 on, below the width, as batchOf makes them. Passes without
 * branches, four columns at a time: they are made for every step. Where a column falls, a row must begin.
 */
function areRising(offsets: Int32Array, columns: Int32Array, width: number): boolean {
  const last = (width - 1) | 0;
  const count = columns.length;
  let wrong = 0; // its sign: a number was negative
  let falls = 0;
  let before = -1;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const a = columns[k];
    const b = columns[k + 1];
    const c = columns[k + 2];
    const d = columns[k + 3];
    wrong |= a | (last - a) | b | (last - b) | c | (last - c) | d | (last - d);
    falls = (falls + fall(before, a) + fall(a, b) + fall(b, c) + fall(c, d)) | 0;
    before = d;
  }
  for (; k < count; k++) {
    const column = columns[k];
    wrong |= column | (last - column);
    falls += fall(before, column);
    before = column;
  }
  for (let r = 0; r + 1 < offsets.length; r++) {
    const begin = offsets[r];
    const length = offsets[r + 1] - begin;
    wrong |= begin | length;
    if (begin > 0 && length > 0 && begin < count) falls -= fall(columns[begin - 1], columns[begin]);
  }
  return wrong >= 0 && falls === 0;
}

/** 1 where a column is not above the one before. */
const fall = (before: number, column: number) => (column - before - 1) >>> 31;

const rowOf = (at: number, width: number) => Math.floor(at / width);
