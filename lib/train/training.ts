import type { Cell } from "../cells/cell.js";
import { parameterCount } from "../cells/size.js";
import { splits } from "../data/dataset.js";
import { checkOptions } from "../engines/check.js";
import type { Engine } from "../engines/engine.js";
import { NotFiniteError } from "../errors.js";
import { type Model, model, outputParameterCount } from "../model/model.js";
import { checkModelSize } from "../model/size.js";
import type { TrainingState } from "../model/state.js";
import { outputNamed } from "../outputs/named.js";
import type { Output } from "../outputs/output.js";
import { checkPredictable } from "../tasks/predictable.js";
import type { Task } from "../tasks/task.js";
import type { Units } from "../tasks/units.js";
import { updateNamed } from "../updates/index.js";
import type { Update } from "../updates/update.js";
import type { Checkpoint } from "./checkpoint.js";
import { configurationOf } from "./configuration.js";
import { meanNll, piecesOf } from "./evaluate.js";
import { initialStateInSlices } from "./initialise.js";
import type { TrainProgress } from "./progress.js";
import type { RunConfiguration, RunRecord } from "./record.js";
import { shortPoint } from "./record.js";
import { Run } from "./run.js";
import { runId } from "./run-id.js";

/** How a run is trained wherever it is: the cell, and what is not to be as the protocol has it. */
export interface RunSettings extends Partial<Omit<RunConfiguration, "data" | "cell" | "update">> {
  readonly cell: Cell;
  /** How a gradient becomes a step: one of the library's rules, by name too, or one made by `update()`. Default: RMSProp. */
  readonly update?: Update | string;
  /** Threads of a step, on the native addon (default: 1). */
  readonly threads?: number;
  /** Ends the run after the update in progress, with a valid record of status "stopped". */
  readonly signal?: AbortSignal;
  /** Told after every update and after every epoch. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Asked after every epoch: true ends the run, with a record of status "pruned". */
  readonly isHopeless?: () => boolean;
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

/** Where a run's state is kept, so that it goes on from there. */
export interface Keeper {
  /** What was kept of this run; undefined when nothing was. */
  read(model: Model, run: string, rule: Update): Checkpoint | undefined;
  /** Replaces what was kept. */
  write(model: Model, checkpoint: Checkpoint): void;
  /** Seconds between two; one more is kept when the signal ends the run. */
  readonly seconds: number;
}

/** What a run finds around it: Node's process, or a page. */
export interface Surroundings extends Pick<RunRecord, "code" | "machine"> {
  readonly engine: Engine;
  /** The most that a model may take; none: any. */
  readonly memoryBytes?: number;
  readonly keeper?: Keeper | undefined;
}

/** One run by the protocol, from its first update or the keeper's to its record; see `train`. */
export async function carryOut(
  task: Task,
  settings: RunSettings,
  { engine, code, machine, memoryBytes, keeper }: Surroundings,
): Promise<TrainResult> {
  const { cell, threads = 1, signal, onProgress, isHopeless, ...others } = settings;
  const { update = "rmsprop", ...chosen } = others;
  const rule = typeof update === "string" ? updateNamed(update) : update;
  checkOptions("train", { threads, update: rule });
  checkPredictable(task);
  const configuration = configurationOf(task, cell, chosen, rule);
  const { hiddenSize, seed } = configuration;
  const id = runId(configuration, task.checksum, code.version);
  const trained = model(cell, task.inputSize, hiddenSize, outputOf(task, configuration));
  checkModelSize(trained, memoryBytes);
  await engine.check?.(trained);
  const saved = keeper?.read(trained, id, rule);
  const initial = await initialStateInSlices(trained, seed, signal);
  const started = saved?.started ?? new Date().toISOString();
  const builds = [...new Set([...(saved?.builds ?? []), engine.build])];
  const session = await engine.open(trained, initial, { threads, update: rule });
  try {
    if (saved) await session.write(saved.state);
    const run = new Run(session, task, configuration, initial.parameters, saved, onProgress);
    const save = async () => {
      if (!keeper) return;
      keeper.write(trained, { run: id, started, builds, ...(await run.checkpoint()) });
    };
    const { status, error } = await run.epochs({
      signal,
      isHopeless,
      save,
      saveSeconds: keeper?.seconds ?? Number.POSITIVE_INFINITY,
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
        output: outputParameterCount(trained),
      },
      data: {
        name: task.name,
        title: task.title,
        synthetic: task.synthetic,
        checksum: task.checksum,
        task: taskRecord(task, trained.output),
      },
      engine: { name: engine.name, build: builds.join(", then "), threads },
      code,
      machine,
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

/** The task's own output, or the one that the configuration names. */
const outputOf = ({ output }: Task, { output: name }: RunConfiguration): Output =>
  name === undefined ? output : outputNamed(name, output).output;

/** What a record says of its task. */
function taskRecord({ units, inputSize }: Task, output: Output): RunRecord["data"]["task"] {
  return { kind: units.kind, inputSize, output: output.name, targetSize: output.targetSize };
}
