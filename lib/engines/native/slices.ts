import type { Batch, Rows } from "../../data/batch.js";

/** The sequences of one thread, as a batch of their own; `members` are their places in the whole batch. */
export interface BatchSlice {
  readonly batch: Batch;
  readonly members: Int32Array;
}

/** Deals a batch's sequences out to `count` threads, longest first and in turn, so that each gets about as many rows. */
export function slicesOf(batch: Batch, count: number): BatchSlice[] {
  const parts = Math.min(count, batch.size);
  if (parts === 1) return [{ batch, members: Int32Array.from({ length: batch.size }, (_, b) => b) }];
  return Array.from({ length: parts }, (_, part) => slice(batch, part, parts));
}

function slice(batch: Batch, part: number, parts: number): BatchSlice {
  const members = Int32Array.from({ length: Math.ceil((batch.size - part) / parts) }, (_, k) => part + k * parts);
  const time = batch.lengths[part];
  const stepOffsets = new Int32Array(time + 1);
  const rows: number[] = [];
  for (let t = 0; t < time; t++) {
    const running = batch.stepOffsets[t + 1] - batch.stepOffsets[t];
    for (let b = part; b < running; b += parts) rows.push(batch.stepOffsets[t] + b);
    stepOffsets[t + 1] = rows.length;
  }
  return {
    members,
    batch: {
      size: members.length,
      time,
      lengths: members.map((b) => batch.lengths[b]),
      stepOffsets,
      sources: members.map((b) => batch.sources[b]),
      input: pick(batch.input, rows),
      target: pick(batch.target, rows),
    },
  };
}

function pick(from: Rows, rows: readonly number[]): Rows {
  const { width } = from;
  if (from.kind === "dense") {
    const values = new Float32Array(rows.length * width);
    rows.forEach((row, r) => {
      values.set(from.values.subarray(row * width, (row + 1) * width), r * width);
    });
    return { kind: "dense", width, values };
  }
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => {
    offsets[r + 1] = offsets[r] + from.offsets[row + 1] - from.offsets[row];
  });
  const columns = new Int32Array(offsets[rows.length]);
  rows.forEach((row, r) => {
    columns.set(from.columns.subarray(from.offsets[row], from.offsets[row + 1]), offsets[r]);
  });
  return { kind: "sparse", width, offsets, columns };
}
