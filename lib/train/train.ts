import type { Cell } from "../cells/cell.js";
import type { MusicDataset } from "../data/dataset.js";
import type { Engine, TrainingState } from "../engines/engine.js";
import type { Model } from "./model.js";
import type { EpochPoint, RunConfiguration, RunRecord } from "./record.js";

export interface TrainOptions extends Partial<Omit<RunConfiguration, "data" | "cell">> {
  readonly dataset: MusicDataset;
  readonly cell: Cell;
  /** Default: the fastest that this machine has. */
  readonly engine?: Engine;
  readonly threads?: number;
  /** Ends the run after the update in progress, with a valid record of status "stopped". */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** Told after every update and after every epoch. */
export interface TrainProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Share of this epoch's steps done, 0 … 1. */
  readonly epochShare: number;
  /** Mean NLL per step over this epoch so far. */
  readonly nllPerStep: number;
  readonly seconds: number;
  /** Estimate, if all epochs are run. */
  readonly secondsLeft: number;
  /** The points of the learning curve so far. */
  readonly curve: readonly EpochPoint[];
}

export interface TrainResult {
  readonly record: RunRecord;
  readonly model: Model;
  /** The parameters of the best validation epoch. */
  readonly parameters: TrainingState["parameters"];
}

/**
 * Trains one model by the paper's protocol and reports it as a record.
 */
export declare function train(options: TrainOptions): Promise<TrainResult>;
