import type { EpochPoint } from "./record.js";

/** How far a training has come. */
export interface TrainProgress {
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** Epochs of the run, if it is not stopped before. */
  readonly epochs: number;
  /** Share of this epoch's updates done, 0 … 1; 1 once the epoch's point is on the curve. */
  readonly epochShare: number;
  /** Mean NLL per step over this epoch's updates so far, with weight noise. */
  readonly nllPerStep: number;
  /** Wall-clock seconds of training so far. */
  readonly seconds: number;
  /** Estimate, if all epochs are run. */
  readonly secondsLeft: number;
  /** The learning curve so far. */
  readonly curve: readonly EpochPoint[];
}
