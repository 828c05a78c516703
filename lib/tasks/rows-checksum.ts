import { createHash } from "node:crypto";
import type { Rows } from "../data/batch.js";
import { splits } from "../data/dataset.js";
import type { SequenceRows } from "./rows-data.js";
import type { Units } from "./units.js";

/**
 * sha256, in hexadecimal, over what a task of rows contains: its units, where the sequences of each
 * split begin, what is read, what is predicted, and the weights; little-endian.
 */
export function rowsChecksum(
  { starts, input, target, weights }: SequenceRows,
  units: Units,
): string {
  const hash = createHash("sha256").update(JSON.stringify(units));
  const add = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    hash.update(` ${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  const addRows = (rows: Rows) => {
    hash.update(` ${rows.kind} ${rows.width}`);
    if (rows.kind === "dense") add(rows.values);
    else for (const part of [rows.offsets, rows.columns]) add(part);
  };
  for (const split of splits) add(starts[split]);
  addRows(input);
  addRows(target);
  if (weights) add(weights);
  return hash.digest("hex");
}
