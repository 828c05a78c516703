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

/** What the NLL of a batch is a mean over: its rows, or the sum of their weights. */
export function predictedSteps({ stepOffsets, time, weights }: Batch): number {
  return weights ? weights.reduce((sum, w) => sum + w, 0) : stepOffsets[time];
}

/** The NLL of every sequence of a batch and its predicted steps, from the NLL of every row as an engine gives it, weighted. */
export function bySequence(
  { lengths, stepOffsets, time, weights }: Batch,
  nll: ArrayLike<number>,
): { nll: number; steps: number }[] {
  const sequences = Array.from(lengths, (steps) => ({ nll: 0, steps: weights ? 0 : steps }));
  for (let t = 0; t < time; t++)
    for (let r = stepOffsets[t]; r < stepOffsets[t + 1]; r++) {
      const sequence = sequences[r - stepOffsets[t]];
      sequence.nll += nll[r];
      if (weights) sequence.steps += weights[r];
    }
  return sequences;
}
