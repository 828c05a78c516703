import type { Batch } from "./batch.js";
import { pickRows, pickWeights } from "./rows.js";

/** The sequences `from` … `to` − 1 of a batch as a batch of their own. */
export function batchPart(batch: Batch, from: number, to: number): Batch {
  const lengths = batch.lengths.slice(from, to);
  const time = lengths[0];
  const stepOffsets = new Int32Array(time + 1);
  const rows: number[] = []; // of the whole batch
  for (let t = 0; t < time; t++) {
    const [first, end] = [
      batch.stepOffsets[t] + from,
      Math.min(batch.stepOffsets[t] + to, batch.stepOffsets[t + 1]),
    ];
    for (let row = first; row < end; row++) rows.push(row);
    stepOffsets[t + 1] = rows.length;
  }
  return {
    size: to - from,
    time,
    lengths,
    stepOffsets,
    sources: batch.sources.slice(from, to),
    input: pickRows(batch.input, rows),
    target: pickRows(batch.target, rows),
    ...pickWeights(batch.weights, rows),
  };
}
