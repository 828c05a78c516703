import type { Split } from "../data/dataset.js";
import { GatedRnnError } from "../errors.js";

/** Where in somebody's data a reader is: moved on as it reads, so that every error can name it. */
export interface Place {
  readonly task: string;
  split: Split | "sequences";
  sequence: number;
  /** Undefined: the sequence as a whole. */
  step: number | undefined;
}

/** @throws GatedRnnError `usage`: `task: train sequence 3, step 7: expected …, got …; remedy` */
export function refuse(
  { task, split, sequence, step }: Place,
  expected: string,
  got: unknown,
  remedy?: string,
): never {
  const at = step === undefined ? "" : `, step ${step}`;
  throw new GatedRnnError(
    "usage",
    `${task}: ${split} sequence ${sequence}${at}: expected ${expected}, got ${shown(got)}${remedy ? `; ${remedy}` : ""}`,
  );
}

/** Somebody's value in a message: short, and in one line. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (isList(value)) return `${value.length} of them`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** A plain array or a typed one. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
