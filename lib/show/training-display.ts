import type { Cell } from "../cells/cell.js";
import { notebookCell } from "../train/notebook-cell.js";
import type { TrainProgress } from "../train/progress.js";
import type { RunRecord } from "../train/record.js";
import type { TrainOptions } from "../train/train.js";
import { chartOutput, liveChartOutput } from "./chart-output.js";
import { cellTitle } from "./colours.js";
import { type CurveSource, type LearningCurvesOptions, learningCurves } from "./learning-curves.js";
import { inNotebook, place } from "./notebook-output.js";

/** At most two updates a second: more flicker, and fill the notebook's queue. */
const millisecondsBetweenUpdates = 500;

/** What the curves of runs in training show besides. */
export type TrainingDisplayOptions = Pick<LearningCurvesOptions, "title" | "references">;

/** Progress and learning curves of runs that train one after another, in place below the running cell. */
export interface TrainingDisplay {
  /**
   * Options for `train`: shows the run of this cell.
   * @throws AbortError when the notebook's stop button was pressed while its cell ran
   */
  watch(cell: Cell): Pick<TrainOptions, "onProgress">;
  /** Draws the finished curves, with a picture that stays in the notebook. */
  done(records: readonly RunRecord[]): Promise<void>;
}

/** Outside a notebook nothing shows until `done` prints the last state of every run. */
export function training(options: TrainingDisplayOptions = {}): TrainingDisplay {
  const bars = place();
  const chart = place();
  const runs = new Map<string, TrainProgress>();
  let next = 0;
  const draw = () => {
    const sources = [...runs].map(
      ([cell, { curve }]): CurveSource => ({ configuration: { cell }, curve }),
    );
    bars.show(text([...runs].map(progressLine)));
    const epochs = Math.max(...[...runs.values()].map((progress) => progress.epochs));
    if (sources.some(({ curve }) => curve.length > 0))
      chart.show(
        liveChartOutput(learningCurves(sources, { ...options, x: "epoch", xEnd: epochs })),
      );
  };
  return {
    watch: (cell) => {
      notebookCell()?.signal.throwIfAborted();
      return {
        onProgress: (progress) => {
          runs.set(cell.name, progress);
          if (performance.now() < next) return;
          draw();
          next = performance.now() + millisecondsBetweenUpdates;
        },
      };
    },
    done: async (records) => {
      const lines = records.map(resultLine);
      bars.show(text(lines));
      if (!inNotebook()) console.log(lines.join("\n"));
      else chart.show(await chartOutput(learningCurves(records, { ...options, x: "epoch" })));
    },
  };
}

function progressLine([cell, { epoch, epochs, epochShare, nllPerStep, secondsLeft }]: readonly [
  string,
  TrainProgress,
]): string {
  const width = 30;
  const full = Math.round((width * (epoch - 1 + epochShare)) / epochs);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  return `${cellTitle(cell).padEnd(6)} ${bar} epoch ${epoch} of ${epochs}, ${nllPerStep.toFixed(2)} nats per step, ${Math.ceil(secondsLeft)} s left`;
}

function resultLine({
  configuration,
  status,
  curve,
  seconds,
  bestEpoch,
  results,
}: RunRecord): string {
  const unit = cellTitle(configuration.cell).padEnd(6);
  const best = `best at epoch ${bestEpoch}: ${results.valid.nllPerStep.toFixed(2)} nats per step on validation`;
  return `${unit} ${status} after ${curve.length} epochs and ${seconds.toFixed(1)} s; ${best}`;
}

function text(lines: readonly string[]): { data: Record<string, string> } {
  return { data: { "text/plain": lines.join("\n") } };
}
