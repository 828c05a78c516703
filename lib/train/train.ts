import type { Cell } from "../cells/cell.js";
import { parameterCount } from "../cells/size.js";
import { splits } from "../data/dataset.js";
import { checkOptions, shown, usage } from "../engines/check.js";
import type { Engine } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { BadFileError, GatedRnnError, NotFiniteError } from "../errors.js";
import { tryFiles } from "../files/place.js";
import { type Model, model } from "../model/model.js";
import { checkModelSize } from "../model/size.js";
import type { TrainingState } from "../model/state.js";
import { type Dataset, taskOf } from "../tasks/index.js";
import { checkPredictable } from "../tasks/predictable.js";
import type { Task } from "../tasks/task.js";
import type { Units } from "../tasks/units.js";
import { updateNamed } from "../updates/index.js";
import type { Update } from "../updates/update.js";
import { type Checkpoint, checkpointBytes, readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { configurationOf } from "./configuration.js";
import { meanNll, piecesOf } from "./evaluate.js";
import { initialStateInSlices } from "./initialise.js";
import { notebookCell } from "./notebook-cell.js";
import type { TrainProgress } from "./progress.js";
import { codeVersion, machine, memoryBytes, runId } from "./provenance.js";
import type { RunConfiguration, RunRecord } from "./record.js";
import { shortPoint } from "./record.js";
import { Run } from "./run.js";

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
export interface TrainSettings extends Partial<Omit<RunConfiguration, "data" | "cell" | "update">> {
  readonly cell: Cell;
  /** How a gradient becomes a step: one of the library's rules, by name too, or one made by `update()`. Default: RMSProp. */
  readonly update?: Update | string;
  /** Default: the fastest that runs on this machine. */
  readonly engine?: Engine;
  /** Threads of a step, on the native addon (default: 1). */
  readonly threads?: number;
  /** Ends the run after the update in progress, with a valid record of status "stopped". */
  readonly signal?: AbortSignal;
  /** Told after every update and after every epoch. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Asked after every epoch: true ends the run, with a record of status "pruned". */
  readonly isHopeless?: () => boolean;
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

/** A trained model and the record of its run. */
export interface TrainResult {
  readonly record: RunRecord;
  readonly model: Model;
  /** What its numbers stand for. */
  readonly units: Units;
  /** The parameters of the best validation epoch; the initial ones when there was none. */
  readonly parameters: TrainingState["parameters"];
  /** Why a run failed: a number that was not finite. The best parameters so far are kept and evaluated. */
  readonly error?: NotFiniteError;
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
  const {
    dataset,
    task: given,
    cell,
    engine = await defaultEngine(),
    threads = 1,
    signal,
    onProgress,
    isHopeless,
    ...rest
  } = options;
  const { checkpoint: file, checkpointSeconds = 30, ...others } = rest;
  const { onCheckpoint, onDamagedCheckpoint, update = "rmsprop", ...chosen } = others;
  const rule = typeof update === "string" ? updateNamed(update) : update;
  checkOptions("train", { threads, update: rule });
  if (!(Number.isFinite(checkpointSeconds) && checkpointSeconds >= 0))
    throw usage(
      "train",
      `checkpointSeconds: expected a number from 0 on and finite, got ${shown(checkpointSeconds)}; leave it out for 30`,
    );
  const task = taskOfData(dataset, given);
  checkPredictable(task);
  const configuration = configurationOf(task, cell, chosen, rule);
  const { hiddenSize, seed } = configuration;
  const code = codeVersion();
  const id = runId(configuration, task.checksum, code.version);
  const trained = model(cell, task.inputSize, hiddenSize, task.output);
  checkModelSize(trained, memoryBytes());
  await engine.check?.(trained);
  if (file !== undefined) tryFiles([file], checkpointBytes(trained, rule));
  const saved =
    file === undefined ? undefined : savedIn(file, trained, id, rule, onDamagedCheckpoint);
  const initial = await initialStateInSlices(trained, seed, signal);
  const started = saved?.started ?? new Date().toISOString();
  const builds = [...new Set([...(saved?.builds ?? []), engine.build])];
  const session = await engine.open(trained, initial, { threads, update: rule });
  try {
    if (saved) await session.write(saved.state);
    const run = new Run(session, task, configuration, initial.parameters, saved, onProgress);
    const save = async () => {
      if (file === undefined) return;
      writeCheckpoint(file, trained, { run: id, started, builds, ...(await run.checkpoint()) });
      onCheckpoint?.();
    };
    const { status, error } = await run.epochs({
      signal,
      isHopeless,
      save,
      saveSeconds: checkpointSeconds,
    });
    await session.write({ ...initial, parameters: run.best.parameters });
    const tested = await run.evaluate("test");
    const results = {
      train: meanNll(await run.evaluate("train")),
      valid: meanNll(await run.evaluate("valid")),
      test: meanNll(tested),
    };
    for (const split of splits)
      if (!Number.isFinite(results[split].nllPerStep))
        throw new NotFiniteError(run.updates, `the NLL of ${split}`); // a record never holds one
    const record: RunRecord = {
      schema: "gated-rnn/run/1",
      id,
      configuration,
      parameters: {
        recurrent: parameterCount(cell, { inputSize: task.inputSize, hiddenSize }),
        output: (hiddenSize + 1) * trained.output.readoutSize,
      },
      data: {
        name: task.name,
        title: task.title,
        synthetic: task.synthetic,
        checksum: task.checksum,
        task: taskRecord(task),
      },
      engine: { name: engine.name, build: builds.join(", then "), threads },
      code,
      machine: machine(),
      ...(session.activationBytes === undefined
        ? {}
        : { activationBytes: session.activationBytes }),
      started,
      seconds: run.seconds(),
      status,
      ...(error ? { error: error.message } : {}),
      curve: run.curve.map(shortPoint),
      bestEpoch: run.best.epoch,
      results,
      testPieces: piecesOf(tested),
    };
    return {
      record,
      model: trained,
      units: task.units,
      parameters: run.best.parameters,
      ...(error ? { error } : {}),
    };
  } finally {
    await session.close();
  }
}

/** A run's checkpoint, if there is one that can be read. */
function savedIn(
  file: string,
  model: Model,
  run: string,
  rule: Update,
  onDamaged: TrainSettings["onDamagedCheckpoint"],
): Checkpoint | undefined {
  try {
    return readCheckpoint(file, model, run, rule);
  } catch (error) {
    if (!(error instanceof BadFileError) || !onDamaged) throw error;
    onDamaged(error);
    return undefined;
  }
}

function taskOfData(dataset: Dataset | undefined, task: Task | undefined): Task {
  if (dataset && !task) return taskOf(dataset);
  if (task && !dataset) return task;
  throw new GatedRnnError(
    "usage",
    `train: expected a task or a dataset, got ${task ? "both" : "neither"}`,
  );
}

/** What a record says of its task. */
function taskRecord({ units, inputSize, output }: Task): RunRecord["data"]["task"] {
  return { kind: units.kind, inputSize, output: output.name, targetSize: output.targetSize };
}
