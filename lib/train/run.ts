import type { Split } from "../data/dataset.js";
import type { SequenceNll, Session, StepReport } from "../engines/engine.js";
import { NotFiniteError } from "../errors.js";
import type { TrainingState } from "../model/state.js";
import type { Task } from "../tasks/task.js";
import type { UpdateSettings } from "../updates/update.js";
import { breathe } from "./breathe.js";
import type { Checkpoint } from "./checkpoint.js";
import { decayedLearningRate, ruleSettings } from "./configuration.js";
import { evaluateSequences, meanNll } from "./evaluate.js";
import type { TrainProgress } from "./progress.js";
import type { EpochPoint, RunConfiguration, RunRecord } from "./record.js";

/** A step that the engine was asked for. */
interface Asked {
  readonly learningRate: number;
  readonly telling: Promise<StepReport>;
}

/** How a run is watched over while it trains; see TrainOptions. */
interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly isHopeless: (() => boolean) | undefined;
  readonly save: () => Promise<void>;
  readonly saveSeconds: number;
}

/** One run in progress: its curve, its best epoch, the epoch it is in, its clock. */
export class Run {
  readonly curve: EpochPoint[];
  best: { epoch: number; nllPerStep: number; parameters: TrainingState["parameters"] };
  private partial: Checkpoint["partial"];
  private readonly ruleSettings: UpdateSettings;
  private readonly begun: number;
  private readonly cpuBegun: number;
  updates: number;
  private saved = performance.now();

  constructor(
    private readonly session: Session,
    private readonly task: Task,
    private readonly configuration: RunConfiguration,
    initial: TrainingState["parameters"],
    saved: Checkpoint | undefined,
    private readonly onProgress: ((progress: TrainProgress) => void) | undefined,
  ) {
    this.ruleSettings = ruleSettings(configuration);
    this.curve = [...(saved?.curve ?? [])];
    this.best = saved?.best
      ? { ...saved.best, parameters: saved.bestParameters }
      : { epoch: 0, nllPerStep: Number.POSITIVE_INFINITY, parameters: initial };
    this.partial = saved?.partial ?? this.nothingYet();
    this.updates = saved?.state.updates ?? 0;
    this.begun = performance.now() - 1000 * (saved?.seconds ?? 0);
    this.cpuBegun = processorSeconds() - (saved?.cpuSeconds ?? 0);
  }

  /** Training seconds, of all sittings. */
  seconds(): number {
    return (performance.now() - this.begun) / 1000;
  }

  evaluate(split: Split): Promise<SequenceNll[]> {
    return evaluateSequences(this.session, this.task.evaluation(split));
  }

  async checkpoint(): Promise<Omit<Checkpoint, "run" | "started" | "builds">> {
    const { curve, partial, best } = this;
    return {
      seconds: this.seconds(),
      cpuSeconds: processorSeconds() - this.cpuBegun,
      curve,
      best: best.epoch === 0 ? null : { epoch: best.epoch, nllPerStep: best.nllPerStep },
      partial,
      state: await this.session.read(),
      bestParameters: best.parameters,
    };
  }

  async epochs(watch: Watch): Promise<{ status: RunRecord["status"]; error?: NotFiniteError }> {
    const { epochs, patience } = this.configuration;
    try {
      while (this.curve.length < epochs && this.curve.length - this.best.epoch < patience) {
        if (watch.isHopeless?.()) return { status: "pruned" };
        if (!(await this.epoch(watch))) {
          await watch.save();
          return { status: "stopped" };
        }
      }
      return { status: "finished" };
    } catch (error) {
      if (error instanceof NotFiniteError) return { status: "failed", error };
      throw error;
    }
  }

  /** Goes on with the epoch in progress. Whether it was completed: false when the signal came first. */
  private async epoch({ signal, save, saveSeconds }: Watch): Promise<boolean> {
    const { configuration, session, partial } = this;
    const { batchSize, maxSteps, seed, epochs, maxGradientNorm, transpose } = configuration;
    const epoch = this.curve.length + 1;
    const { count, batches } = this.task.epoch({
      batchSize,
      maxSteps: maxSteps ?? Number.MAX_SAFE_INTEGER,
      seed,
      epoch,
      ...(transpose === undefined ? {} : { transpose }),
    });
    const before = partial.norms.length + partial.shrunk; // batches of an earlier sitting
    let done = 0;
    const asked: Asked[] = []; // steps under way: the engine has the next one while it tells of the last
    const tell = async () => {
      const { learningRate, telling } = asked[0];
      const report = await telling;
      asked.shift();
      partial.learningRate = learningRate;
      this.updates += 1;
      if (Number.isFinite(report.gradientNorm)) partial.norms.push(report.gradientNorm);
      else partial.shrunk += 1;
      if (Number.isFinite(report.nllPerStep)) {
        partial.nll += report.nllPerStep * report.steps;
        partial.steps += report.steps;
      }
      this.report(epoch, (done - asked.length) / (count + 1), partial);
    };
    for (const batch of batches) {
      if (done < before) {
        done += 1;
        continue;
      }
      if (signal?.aborted) break;
      const made = this.updates + asked.length;
      const learningRate = decayedLearningRate(configuration, made, epochs * count);
      const telling = session.trainStep(batch, {
        learningRate,
        weightNoise: configuration.weightNoise,
        noiseSeed: seed,
        maxGradientNorm: maxGradientNorm ?? Number.POSITIVE_INFINITY,
        update: this.ruleSettings,
        maxStepNorm: configuration.maxStepNorm ?? Number.POSITIVE_INFINITY,
        loss: configuration.loss,
        nonFiniteGradient: configuration.nonFiniteGradient,
      });
      telling.catch(() => {}); // told in its turn
      asked.push({ learningRate, telling });
      done += 1;
      const isDue = performance.now() - this.saved >= 1000 * saveSeconds;
      while (asked.length > (isDue ? 0 : (session.stepsAtOnce ?? 1) - 1)) await tell();
      if (isDue) {
        await save();
        this.saved = performance.now();
      }
      await breathe();
    }
    while (asked.length > 0) await tell();
    if (signal?.aborted && done < count) return false;
    const { norms, nll, steps, learningRate, shrunk } = partial;
    if (steps === 0)
      throw new NotFiniteError(this.updates, `the loss of every update of epoch ${epoch}`);
    const valid = meanNll(await this.evaluate("valid"));
    if (!Number.isFinite(valid.nllPerStep))
      throw new NotFiniteError(this.updates, "the validation NLL");
    const counted = Math.max(1, norms.length);
    this.curve.push({
      epoch,
      seconds: this.seconds(),
      ...(hasProcessorTime ? { cpuSeconds: processorSeconds() - this.cpuBegun } : {}),
      learningRate,
      trainingNllPerStep: nll / steps,
      valid,
      gradientNorm: {
        mean: norms.reduce((a, b) => a + b, 0) / counted,
        max: norms.reduce((a, b) => Math.max(a, b), 0),
        rescaled:
          norms.filter((n) => n > (maxGradientNorm ?? Number.POSITIVE_INFINITY)).length / counted,
      },
      ...(configuration.nonFiniteGradient === "shrink" ? { shrunk } : {}),
    });
    this.partial = this.nothingYet();
    if (valid.nllPerStep < this.best.nllPerStep)
      this.best = {
        epoch,
        nllPerStep: valid.nllPerStep,
        parameters: (await session.read()).parameters,
      };
    this.report(epoch, 1, partial);
    await breathe();
    return true;
  }

  private nothingYet(): Checkpoint["partial"] {
    const { learningRate } = this.configuration;
    return { norms: [], nll: 0, steps: 0, learningRate, shrunk: 0 };
  }

  private report(epoch: number, epochShare: number, { nll, steps }: Checkpoint["partial"]): void {
    if (!this.onProgress || steps === 0) return;
    const { epochs } = this.configuration;
    const seconds = this.seconds();
    const done = (epoch - 1 + epochShare) / epochs;
    this.onProgress({
      epoch,
      epochs,
      epochShare,
      nllPerStep: nll / steps,
      seconds,
      secondsLeft: (seconds / done) * (1 - done),
      curve: this.curve,
    });
  }
}

/** A page is not told its processor time. */
const hasProcessorTime = typeof process === "object" && "cpuUsage" in process;

/** Of this process, user and system; 0 where it is not told. */
function processorSeconds(): number {
  if (!hasProcessorTime) return 0;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
