import type { Cell } from "../cells/cell.js";
import { parameterCount } from "../cells/size.js";
import type { Split } from "../data/dataset.js";
import type { Engine, Session, TrainingState } from "../engines/engine.js";
import { defaultEngine } from "../engines/index.js";
import { NotFiniteError } from "../errors.js";
import { generator } from "../random/generator.js";
import { configurationOf, decayedLearningRate } from "./configuration.js";
import { breathe, evaluateSplit } from "./evaluate.js";
import { initialState } from "./initialise.js";
import { type Model, model } from "./model.js";
import { codeVersion, machine, runId } from "./provenance.js";
import type { EpochPoint, RunConfiguration, RunRecord } from "./record.js";
import { type Dataset, type Task, taskOf } from "./task.js";

export interface TrainOptions extends Partial<Omit<RunConfiguration, "data" | "cell">> {
  readonly dataset: Dataset;
  readonly cell: Cell;
  /** Default: the fastest that runs on this machine. */
  readonly engine?: Engine;
  readonly threads?: number;
  /** Ends the run after the update in progress, with a valid record of status "stopped". */
  readonly signal?: AbortSignal;
  /** Told after every update and after every epoch. */
  readonly onProgress?: (progress: TrainProgress) => void;
}

export interface TrainProgress {
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Share of this epoch's updates done, 0 … 1; 1 once the epoch's point is on the curve. */
  readonly epochShare: number;
  /** Mean NLL per step over this epoch's updates so far, with weight noise. */
  readonly nllPerStep: number;
  readonly seconds: number;
  /** Estimate, if all epochs are run. */
  readonly secondsLeft: number;
  /** The learning curve so far. */
  readonly curve: readonly EpochPoint[];
}

export interface TrainResult {
  readonly record: RunRecord;
  readonly model: Model;
  /** The parameters of the best validation epoch; the initial ones when there was none. */
  readonly parameters: TrainingState["parameters"];
  /** Why a run failed: a number that was not finite. The best parameters so far are kept and evaluated. */
  readonly error?: NotFiniteError;
}

/**
 * Trains one model by the paper's protocol (section 4): whole sequences, full back-propagation through time, weight noise,
 * gradient rescaling, RMSProp; keeps the parameters of the epoch with the lowest validation NLL per step, and stops after
 * `patience` epochs without a lower one.
 *
 * @throws GatedRnnError `usage` for options out of range, `engine-missing` when no engine runs here
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { dataset, cell, engine = await defaultEngine(), threads = 1, signal, onProgress, ...chosen } = options;
  const configuration = configurationOf(dataset, cell, chosen);
  const { hiddenSize, seed } = configuration;
  const task = taskOf(dataset);
  const trained = model(cell, task.inputSize, hiddenSize, task.output);
  const initial = initialState(trained, seed);
  const session = await engine.open(trained, initial, { threads });
  const started = new Date();
  try {
    const run = new Run(session, task, configuration, initial.parameters, onProgress);
    const { status, error } = await run.epochs(signal);
    await session.write({ ...initial, parameters: run.best.parameters });
    const results = {
      train: await run.evaluate("train"),
      valid: await run.evaluate("valid"),
      test: await run.evaluate("test"),
    };
    const code = codeVersion();
    const record: RunRecord = {
      schema: "gated-rnn/run/1",
      id: runId(configuration, dataset.checksum, `${code.version} ${code.commit}`),
      configuration,
      parameters: {
        recurrent: parameterCount(cell, { inputSize: task.inputSize, hiddenSize }),
        output: (hiddenSize + 1) * trained.output.readoutSize,
      },
      data: { name: dataset.name, title: dataset.title, synthetic: dataset.synthetic, checksum: dataset.checksum },
      engine: { name: engine.name, build: engine.build, threads },
      code,
      machine: machine(),
      started: started.toISOString(),
      seconds: run.seconds(),
      status,
      ...(error ? { error: error.message } : {}),
      curve: run.curve,
      bestEpoch: run.best.epoch,
      results,
    };
    return { record, model: trained, parameters: run.best.parameters, ...(error ? { error } : {}) };
  } finally {
    await session.close();
  }
}

/** One run in progress: its curve, its best epoch, its clock. */
class Run {
  readonly curve: EpochPoint[] = [];
  best: { epoch: number; nllPerStep: number; parameters: TrainingState["parameters"] };
  private readonly begun = performance.now();
  private updates = 0;

  constructor(
    private readonly session: Session,
    private readonly task: Task,
    private readonly configuration: RunConfiguration,
    initial: TrainingState["parameters"],
    private readonly onProgress: TrainOptions["onProgress"],
  ) {
    this.best = { epoch: 0, nllPerStep: Number.POSITIVE_INFINITY, parameters: initial };
  }

  seconds(): number {
    return (performance.now() - this.begun) / 1000;
  }

  evaluate(split: Split) {
    return evaluateSplit(this.session, this.task.evaluation(split));
  }

  async epochs(signal?: AbortSignal): Promise<{ status: RunRecord["status"]; error?: NotFiniteError }> {
    const { epochs, patience } = this.configuration;
    try {
      for (let epoch = 1; epoch <= epochs; epoch++) {
        if (!(await this.epoch(epoch, signal))) return { status: "stopped" };
        if (epoch - this.best.epoch >= patience) break;
      }
      return { status: "finished" };
    } catch (error) {
      if (error instanceof NotFiniteError) return { status: "failed", error };
      throw error;
    }
  }

  /** Whether the epoch was completed: false when the signal came first. */
  private async epoch(epoch: number, signal?: AbortSignal): Promise<boolean> {
    const { configuration, session } = this;
    const { batchSize, maxSteps, seed, epochs } = configuration;
    const { count, batches } = this.task.epoch({ batchSize, maxSteps, shuffle: generator(seed, `shuffle epoch ${epoch}`) });
    const norms: number[] = [];
    let nll = 0;
    let steps = 0;
    let learningRate = configuration.learningRate;
    for (const batch of batches) {
      if (signal?.aborted) return false;
      learningRate = decayedLearningRate(configuration, this.updates, epochs * count);
      const report = await session.trainStep(batch, {
        learningRate,
        weightNoise: configuration.weightNoise,
        noiseSeed: seed,
        maxGradientNorm: configuration.maxGradientNorm ?? Number.POSITIVE_INFINITY,
        decay: configuration.decay,
        momentum: configuration.momentum,
        epsilon: configuration.epsilon,
      });
      this.updates += 1;
      norms.push(report.gradientNorm);
      nll += report.nllPerStep * report.steps;
      steps += report.steps;
      this.report(epoch, norms.length / (count + 1), nll / steps);
      await breathe();
    }
    const valid = await this.evaluate("valid");
    if (!Number.isFinite(valid.nllPerStep)) throw new NotFiniteError(this.updates, "the validation NLL");
    this.curve.push({
      epoch,
      seconds: this.seconds(),
      learningRate,
      trainingNllPerStep: nll / steps,
      valid,
      gradientNorm: {
        mean: norms.reduce((a, b) => a + b, 0) / norms.length,
        max: Math.max(...norms),
        rescaled: norms.filter((n) => n > (configuration.maxGradientNorm ?? Number.POSITIVE_INFINITY)).length / norms.length,
      },
    });
    if (valid.nllPerStep < this.best.nllPerStep)
      this.best = { epoch, nllPerStep: valid.nllPerStep, parameters: (await session.read()).parameters };
    this.report(epoch, 1, nll / steps);
    await breathe();
    return true;
  }

  private report(epoch: number, epochShare: number, nllPerStep: number): void {
    if (!this.onProgress) return;
    const { epochs } = this.configuration;
    const seconds = this.seconds();
    const done = (epoch - 1 + epochShare) / epochs;
    this.onProgress({ epoch, epochs, epochShare, nllPerStep, seconds, secondsLeft: (seconds / done) * (1 - done), curve: this.curve });
  }
}
