import { type NotebookCell, notebookCell } from "../train/notebook-cell.js";
import type { RunRecord } from "../train/record.js";
import { type TrainOptions, type TrainResult, train as trainUnseen } from "../train/train.js";
import { type TrainingDisplay, training } from "./training-display.js";

/** What a notebook cell trains, below it: the latest run of every recurrent cell. */
interface Shown {
  readonly display: TrainingDisplay;
  readonly records: Map<string, RunRecord>;
}

const shownBelow = new WeakMap<NotebookCell, Shown>();

/**
 * Trains one model by the paper's protocol (section 4): whole sequences, full back-propagation
 * through time, weight noise, gradient rescaling, RMSProp; keeps the parameters of the epoch with
 * the lowest validation NLL per step, and stops after `patience` epochs without a lower one. In a
 * notebook its progress and its learning curves show below the cell, unless `onProgress` is given,
 * and the stop button ends it as the signal does.
 *
 * @throws GatedRnnError `usage` for options out of range and a split with nothing to predict,
 * `engine-missing` when no engine runs here, `record` when a checkpoint cannot be read or written,
 * BadFileError when it is damaged; NotFiniteError when the best parameters have no finite NLL;
 * AbortError in a notebook whose stop button was pressed while an earlier run of the same cell
 * trained
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const below = notebookCell();
  if (!below || options.onProgress) return trainUnseen(options);
  const { display, records } = shownBelow.get(below) ?? newlyShown(below);
  const result = await trainUnseen({ ...options, ...display.watch(options.cell) });
  records.set(options.cell.name, result.record);
  await display.done([...records.values()]);
  return result;
}

function newlyShown(below: NotebookCell): Shown {
  const shown = { display: training(), records: new Map<string, RunRecord>() };
  shownBelow.set(below, shown);
  return shown;
}
