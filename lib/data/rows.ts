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

/** How many rows there are. */
export const rowCount = (rows: Rows): number =>
  rows.kind === "dense" ? rows.values.length / rows.width : rows.offsets.length - 1;

/** The rows of several, one after the other; all of one kind and width, and at least one. */
export function joinedRows(parts: readonly Rows[]): Rows {
  const [{ kind, width }] = parts;
  if (kind === "dense") {
    const values = new Float32Array(parts.reduce((sum, part) => sum + rowCount(part) * width, 0));
    let at = 0;
    for (const part of parts)
      if (part.kind === "dense") {
        values.set(part.values, at);
        at += part.values.length;
      }
    return { kind, width, values };
  }
  const sparse = parts.filter((part) => part.kind === "sparse");
  const offsets = new Int32Array(sparse.reduce((sum, part) => sum + rowCount(part), 1));
  const columns = new Int32Array(sparse.reduce((sum, part) => sum + part.columns.length, 0));
  let row = 0;
  let at = 0;
  for (const part of sparse) {
    for (let r = 1; r < part.offsets.length; r++) offsets[++row] = at + part.offsets[r];
    columns.set(part.columns, at);
    at += part.columns.length;
  }
  return { kind, width, offsets, columns };
}
