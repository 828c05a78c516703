import type { Batch, Rows } from "../data/batch.js";
import { type BucketOptions, buckets, type Excerpt, packing } from "../data/buckets.js";
import type { Split } from "../data/dataset.js";
import { pickRows, pickWeights } from "../data/rows.js";
import type { Output } from "../outputs/output.js";
import { epochOrder, keptBatches } from "./kept-batches.js";
import { evaluationBatchSize, type Task } from "./task.js";
import type { Units } from "./units.js";

/** Sequences of all splits, one after the other. */
export interface SequenceRows {
  /** By split [sequences + 1] first row of each sequence, and the row after the last. */
  readonly starts: Readonly<Record<Split, Int32Array>>;
  /** [rows, input width] */
  readonly input: Rows;
  /** [rows, target width] */
  readonly target: Rows;
  /** [rows] see `Batch`. */
  readonly weights?: Float32Array;
}

/** A task as plain data: it can be sent to another process. */
export interface RowsData extends SequenceRows {
  readonly name: string;
  readonly title: string;
  readonly synthetic: boolean;
  readonly checksum: string;
  readonly units: Units;
  readonly inputSize: number;
  readonly output: Output;
  /** Whether training may cut long sequences: not where a sequence has its one target at its end. */
  readonly mayCut: boolean;
}

/** Rows that are there already as a task. */
export function rowsTask(data: RowsData): Task {
  const { name, title, synthetic, checksum, units, inputSize, output, mayCut } = data;
  return {
    name,
    title,
    synthetic,
    checksum,
    units,
    inputSize,
    output,
    ...keptBatches(
      (options) => {
        const { batchSize, maxSteps } = options;
        const cut = mayCut ? { maxSteps } : {};
        return rowBatches(data, "train", { batchSize, ...cut, shuffle: epochOrder(options) });
      },
      (split) => rowBatches(data, split, { batchSize: evaluationBatchSize }),
    ),
    source: { kind: "rows", data },
  };
}

/** Sequences, or excerpts of them, in which nothing is to be predicted are left out. */
function rowBatches(rows: SequenceRows, split: Split, options: BucketOptions): Batch[] {
  const { weights } = rows;
  const starts = rows.starts[split];
  const lengths = Int32Array.from({ length: starts.length - 1 }, (_, i) =>
    counts(weights, starts[i], starts[i + 1]) ? starts[i + 1] - starts[i] : 0,
  );
  return buckets(lengths, options).flatMap((excerpts) => {
    const kept = excerpts.filter(({ source, first, steps }) => {
      const from = starts[source] + first;
      return counts(weights, from, from + steps);
    });
    return kept.length > 0 ? [pack(rows, starts, kept)] : [];
  });
}

/** Whether a step from row `from` to before row `to` is to be predicted. */
function counts(weights: Float32Array | undefined, from: number, to: number): boolean {
  return !weights || weights.subarray(from, to).some((w) => w > 0);
}

function pack(
  { input, target, weights }: SequenceRows,
  starts: Int32Array,
  excerpts: readonly Excerpt[],
): Batch {
  const { order, ...packed } = packing(excerpts);
  const { stepOffsets, time } = packed;
  const rows = new Int32Array(stepOffsets[time]);
  for (let t = 0; t < time; t++)
    for (let r = stepOffsets[t]; r < stepOffsets[t + 1]; r++) {
      const { source, first } = order[r - stepOffsets[t]];
      rows[r] = starts[source] + first + t;
    }
  return {
    ...packed,
    input: pickRows(input, rows),
    target: pickRows(target, rows),
    ...pickWeights(weights, rows),
  };
}
