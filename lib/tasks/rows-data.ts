import type { Rows } from "../data/batch.js";
import type { Split } from "../data/dataset.js";
import type { Output } from "../outputs/index.js";
import type { Units } from "./units.js";

/** Sequences of all splits, one after the other. */
export interface SequenceRows {
  /** By split [sequences + 1] first row of each sequence, and the row after the last. */
  readonly starts: Readonly<Record<Split, Int32Array>>;
  /** [rows, input width] */
  readonly input: Rows;
  /** [rows, target width] */
  readonly target: Rows;
  /** [rows] see `Batch`. */
  readonly weights?: Float32Array;
}

/** A task as plain data: it can be sent to another process. */
export interface RowsData extends SequenceRows {
  readonly name: string;
  readonly title: string;
  readonly synthetic: boolean;
  readonly checksum: string;
  readonly units: Units;
  readonly inputSize: number;
  readonly output: Output;
  /** Whether training may cut long sequences: not where a sequence has its one target at its end. */
  readonly mayCut: boolean;
}
