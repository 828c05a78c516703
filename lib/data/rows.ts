import type { Rows } from "./batch.js";

/** Some rows, copied by plain loops: views of single rows would cost more than their numbers. */
export function pickRows(from: Rows, rows: ArrayLike<number>): Rows {
  const { width } = from;
  if (from.kind === "dense") {
    const values = new Float32Array(rows.length * width);
    for (let r = 0, to = 0; r < rows.length; r++)
      for (let at = rows[r] * width, end = at + width; at < end; at++)
        values[to++] = from.values[at];
    return { kind: "dense", width, values };
  }
  const offsets = new Int32Array(rows.length + 1);
  for (let r = 0; r < rows.length; r++)
    offsets[r + 1] = offsets[r] + from.offsets[rows[r] + 1] - from.offsets[rows[r]];
  const columns = new Int32Array(offsets[rows.length]);
  for (let r = 0, to = 0; r < rows.length; r++)
    for (let at = from.offsets[rows[r]]; at < from.offsets[rows[r] + 1]; at++)
      columns[to++] = from.columns[at];
  return { kind: "sparse", width, offsets, columns };
}

/** The same of a batch's weights, where it has any. */
export function pickWeights(
  weights: Float32Array | undefined,
  rows: ArrayLike<number>,
): { readonly weights?: Float32Array } {
  return weights ? { weights: Float32Array.from(rows, (row) => weights[row]) } : {};
}
