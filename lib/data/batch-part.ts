import type { Batch, Rows } from "./batch.js";

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
    input: someRows(batch.input, rows),
    target: someRows(batch.target, rows),
  };
}

function someRows(of: Rows, rows: readonly number[]): Rows {
  const { width } = of;
  if (of.kind === "dense") {
    const values = new Float32Array(rows.length * width);
    for (const [r, row] of rows.entries())
      values.set(of.values.subarray(row * width, (row + 1) * width), r * width);
    return { kind: "dense", width, values };
  }
  const offsets = new Int32Array(rows.length + 1);
  for (const [r, row] of rows.entries())
    offsets[r + 1] = offsets[r] + of.offsets[row + 1] - of.offsets[row];
  const columns = new Int32Array(offsets[rows.length]);
  for (const [r, row] of rows.entries())
    columns.set(of.columns.subarray(of.offsets[row], of.offsets[row + 1]), offsets[r]);
  return { kind: "sparse", width, offsets, columns };
}
