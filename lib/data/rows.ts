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
  const { offsets: begins, columns: all } = from;
  const count = rows.length;
  const offsets = new Int32Array(count + 1);
  let end = 0;
  for (let r = 0; r < count; r++) {
    const row = rows[r];
    end += begins[row + 1] - begins[row];
    offsets[r + 1] = end;
  }
  const columns = new Int32Array(end);
  for (let r = 0, to = 0; r < count; r++) {
    const row = rows[r];
    for (let at = begins[row], last = begins[row + 1]; at < last; at++) columns[to++] = all[at];
  }
  return { kind: "sparse", width, offsets, columns };
}

/** The same of a batch's weights, where it has any. */
export function pickWeights(
  weights: Float32Array | undefined,
  rows: ArrayLike<number>,
): { readonly weights?: Float32Array } {
  return weights ? { weights: Float32Array.from(rows, (row) => weights[row]) } : {};
}
