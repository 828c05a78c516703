import { shown, usage } from "../engines/check.js";
import type { Engine } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { BadFileError, GatedRnnError } from "../errors.js";
import { tryFiles } from "../files/place.js";
import { type Dataset, taskOf } from "../tasks/index.js";
import type { Task } from "../tasks/task.js";
import { checkpointBytes, readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { notebookCell } from "./notebook-cell.js";
import { codeVersion, machine, memoryBytes } from "./provenance.js";
import { carryOut, type Keeper, type RunSettings, type TrainResult } from "./training.js";

export type { TrainResult } from "./training.js";

/** What to train on: the paper's music or speech, or any task. */
export type TrainingData =
  | { readonly dataset: Dataset; readonly task?: undefined }
  | { readonly task: Task; readonly dataset?: undefined };

/** What is trained on, and how; see `train`. */
export type TrainOptions = TrainingData & TrainSettings;

/**
 * How a run is trained: the cell, and where it is not to be as the protocol has it, the
 * settings.
 */
export interface TrainSettings extends RunSettings {
  /** Default: the fastest that runs on this machine. */
  readonly engine?: Engine;
  /**
   * A file in which the run's state is kept, and from which it goes on when the file is there: to the same bits as undisturbed. It
   * stays after the run; remove it (`removeCheckpoint`) once the record is written.
   */
  readonly checkpoint?: string;
  /** Seconds between checkpoints; default 30. One more is written when the signal ends the run. */
  readonly checkpointSeconds?: number;
  /** Told when a checkpoint has been written. */
  readonly onCheckpoint?: () => void;
  /** Told of a checkpoint that is damaged; the run then begins again. Default: the error is thrown, and the file stays. */
  readonly onDamagedCheckpoint?: (damage: BadFileError) => void;
}

/**
 * Trains one model by the paper's protocol (section 4): whole sequences, full back-propagation through time, weight noise,
 * gradient rescaling, RMSProp; keeps the parameters of the epoch with the lowest validation NLL per step, and stops after
 * `patience` epochs without a lower one. In a notebook the stop button ends it as the signal does.
 *
 * @throws GatedRnnError `usage` for options out of range and a split with nothing to predict, `engine-missing` when no engine runs here, `record` when a checkpoint
 * cannot be read or written, BadFileError when it is damaged; NotFiniteError when the best parameters have no finite NLL
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const cell = notebookCell();
  if (!cell) return trainWatched(options);
  const { signal } = options;
  const work = trainWatched({
    ...options,
    signal: signal ? AbortSignal.any([signal, cell.signal]) : cell.signal,
  });
  cell.keepsBusy(work);
  return work;
}

async function trainWatched(options: TrainOptions): Promise<TrainResult> {
  notebookCell()?.signal.throwIfAborted(); // a run that was to follow the one that was stopped
  const { dataset, task: given, engine = await defaultEngine(), ...rest } = options;
  const { checkpoint, checkpointSeconds = 30, onCheckpoint, onDamagedCheckpoint, ...own } = rest;
  if (!(Number.isFinite(checkpointSeconds) && checkpointSeconds >= 0))
    throw usage(
      "train",
      `checkpointSeconds: expected a number from 0 on and finite, got ${shown(checkpointSeconds)}; leave it out for 30`,
    );
  const keeper =
    checkpoint === undefined
      ? undefined
      : fileKeeper(checkpoint, checkpointSeconds, onCheckpoint, onDamagedCheckpoint);
  return carryOut(taskOfData(dataset, given), own, {
    engine,
    code: codeVersion(),
    machine: machine(),
    memoryBytes: memoryBytes(),
    keeper,
  });
}

/** Keeps a run in a file, which is tried before the run begins. */
function fileKeeper(
  file: string,
  seconds: number,
  onCheckpoint: TrainSettings["onCheckpoint"],
  onDamaged: TrainSettings["onDamagedCheckpoint"],
): Keeper {
  return {
    seconds,
    read: (model, run, rule) => {
      tryFiles([file], checkpointBytes(model, rule));
      try {
        return readCheckpoint(file, model, run, rule);
      } catch (error) {
        if (!(error instanceof BadFileError) || !onDamaged) throw error;
        onDamaged(error);
        return undefined;
      }
    },
    write: (model, checkpoint) => {
      writeCheckpoint(file, model, checkpoint);
      onCheckpoint?.();
    },
  };
}

function taskOfData(dataset: Dataset | undefined, task: Task | undefined): Task {
  if (dataset && !task) return taskOf(dataset);
  if (task && !dataset) return task;
  throw new GatedRnnError(
    "usage",
    `train: expected a task or a dataset, got ${task ? "both" : "neither"}`,
  );
}
