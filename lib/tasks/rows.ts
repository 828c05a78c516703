import type { Batch } from "../data/batch.js";
import { type BucketOptions, buckets, type Excerpt, packing } from "../data/buckets.js";
import type { Split } from "../data/dataset.js";
import { pickRows, pickWeights } from "../data/rows.js";
import { epochOrder, keptBatches } from "./kept-batches.js";
import type { RowsData, SequenceRows } from "./rows-data.js";
import { evaluationBatchSize, type Task } from "./task.js";

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
