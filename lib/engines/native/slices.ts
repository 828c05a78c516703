import type { Batch } from "../../data/batch.js";
import { pickRows, pickWeights } from "../../data/rows.js";

/** The sequences of one thread, as a batch of their own; `members` are their places in the whole batch. */
export interface BatchSlice {
  readonly batch: Batch;
  readonly members: Int32Array;
}

/** Deals a batch's sequences out to `count` threads, longest first and in turn, so that each gets about as many rows. */
export function slicesOf(batch: Batch, count: number): BatchSlice[] {
  const parts = Math.min(count, batch.size);
  if (parts === 1) return [{ batch, members: new Int32Array(batch.size).map((_, b) => b) }];
  return Array.from({ length: parts }, (_, part) => slice(batch, part, parts));
}

function slice(batch: Batch, part: number, parts: number): BatchSlice {
  const members = Int32Array.from(
    { length: Math.ceil((batch.size - part) / parts) },
    (_, k) => part + k * parts,
  );
  const time = batch.lengths[part];
  const stepOffsets = new Int32Array(time + 1);
  const whole = batch.stepOffsets;
  for (let t = 0; t < time; t++) {
    const running = whole[t + 1] - whole[t];
    stepOffsets[t + 1] = stepOffsets[t] + Math.ceil((running - part) / parts);
  }
  const rows = new Int32Array(stepOffsets[time]);
  for (let t = 0, r = 0; t < time; t++)
    for (let row = whole[t] + part, end = stepOffsets[t + 1]; r < end; row += parts)
      rows[r++] = row;
  return {
    members,
    batch: {
      size: members.length,
      time,
      lengths: members.map((b) => batch.lengths[b]),
      stepOffsets,
      sources: members.map((b) => batch.sources[b]),
      input: pickRows(batch.input, rows),
      target: pickRows(batch.target, rows),
      ...pickWeights(batch.weights, rows),
    },
  };
}
