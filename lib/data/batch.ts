/**
 * Rows of features for an engine. `sparse`: row r has ones in the columns `columns[offsets[r]] … columns[offsets[r + 1] − 1]`
 * and zeros elsewhere (piano keys). `dense`: `values[r × width + j]` (samples).
 */
export type Rows =
  | {
      readonly kind: "sparse";
      readonly width: number;
      readonly offsets: Int32Array;
      readonly columns: Int32Array;
    }
  | { readonly kind: "dense"; readonly width: number; readonly values: Float32Array };

/**
 * Sequences of different length side by side, packed without padding. Sequences are sorted by falling length, so at step t
 * the first `stepOffsets[t + 1] − stepOffsets[t]` of them are still running, and the row of sequence b at step t is
 * `stepOffsets[t] + b`. A recurrent step therefore reads the FIRST rows of the step before it, and nothing is ever masked.
 */
export interface Batch {
  /** Number of sequences. */
  readonly size: number;
  /** Predicted steps of the longest sequence. */
  readonly time: number;
  /** [size] predicted steps per sequence, falling. */
  readonly lengths: Int32Array;
  /** [time + 1] first row of each step; the last entry is the number of rows. */
  readonly stepOffsets: Int32Array;
  /** [size] position of each sequence in the split it was taken from. */
  readonly sources: Int32Array;
  /** [rows, input width] */
  readonly input: Rows;
  /** [rows, target width] */
  readonly target: Rows;
  /**
   * [rows] by what a row's NLL and its gradient are multiplied, 0 for a step that is not to be
   * predicted; none: all 1. The mean over a batch is then Σ w · NLL / Σ w.
   */
  readonly weights?: Float32Array;
}
