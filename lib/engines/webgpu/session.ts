import { type Batch, bySequence, predictedSteps } from "../../data/batch.js";
import { batchPart } from "../../data/batch-part.js";
import { NotFiniteError } from "../../errors.js";
import type { Model } from "../../model/model.js";
import type { TrainingState } from "../../model/state.js";
import type { SequenceNll, Session, StepReport, StepSettings, Trace } from "../engine.js";
import type { Device } from "./device.js";
import { kernelsOf, type Mode } from "./kernels.js";
import { Memory, type Outcome } from "./memory.js";
import type { SideBySide } from "./side-by-side.js";

const parametersPart = 0;
const gradientPart = -1;

/** One run on a device, alone or beside others. */
export class WebGpuSession implements Session {
  /** While the device is at a step, its queue has the next. */
  readonly stepsAtOnce = 2;
  activationBytes = 0;
  private updates = 0;
  /** Steps that the device was asked for and that nobody was told of yet, and the last one's telling. */
  private readonly underWay: Promise<Outcome>[] = [];
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly device: Device,
    private readonly model: Model,
    private readonly runs: SideBySide,
    private readonly slot: number,
  ) {}

  static async open(
    device: Device,
    model: Model,
    runs: SideBySide,
    initial: TrainingState,
  ): Promise<WebGpuSession> {
    const session = new WebGpuSession(device, model, runs, await runs.join());
    await session.write(initial);
    return session;
  }

  async trainStep(batch: Batch, settings: StepSettings): Promise<StepReport> {
    const limited = (settings.maxStepNorm ?? Number.POSITIVE_INFINITY) < Number.POSITIVE_INFINITY;
    const mode = limited ? "limited update" : "update";
    const update = this.updates + this.underWay.length;
    const compute = () => this.compute(batch, mode, { settings, update });
    const computing = compute();
    computing.catch(nothing); // it is told below, after the step before
    this.underWay.push(computing);
    const { sequenceSlots, model } = this.runs.kernels.program;
    const numbers = sequenceSlots * model.hiddenSize + model.output.readoutSize;
    const bytes = 4 * batch.stepOffsets[batch.time] * numbers;
    this.activationBytes = Math.max(this.activationBytes, bytes);
    const told = this.last.then(async () => {
      try {
        const { nll, norm } = await this.whole(computing, compute, settings, update);
        this.underWay.shift();
        this.updates += 1;
        const steps = predictedSteps(batch);
        return { nllPerStep: nll / steps, steps, gradientNorm: norm };
      } catch (error) {
        this.underWay.length = 0; // those that followed are told the same
        this.last = Promise.resolve();
        throw error;
      }
    });
    this.last = told;
    told.catch(nothing); // its caller is told
    return told;
  }

  /** A step's outcome; where there is none, or it is not finite, all is as before it, and as if none had followed it. */
  private async whole(
    computing: Promise<Outcome>,
    compute: () => Promise<Outcome>,
    settings: StepSettings,
    update: number,
  ): Promise<Outcome> {
    const outcome = await computing.catch(async (error: unknown) => {
      const [next] = await Promise.allSettled(this.underWay.slice(1));
      if (next?.status === "fulfilled") await this.runs.memory.restore(this.slot, update + 1);
      throw error;
    });
    const mayShrink = settings.nonFiniteGradient === "shrink";
    const lossFails = !mayShrink && !Number.isFinite(outcome.nll);
    const gradientFails = !lossFails && !mayShrink && !Number.isFinite(outcome.norm);
    if (!lossFails && !gradientFails && outcome.isWhole) return outcome;
    const isFollowed = this.underWay.length > 1;
    await Promise.allSettled(this.underWay);
    if (isFollowed || !outcome.isWhole) await this.runs.memory.restore(this.slot, update);
    if (gradientFails && isFollowed) await compute(); // its gradient is gone, and comes again
    const place = lossFails
      ? "the loss"
      : gradientFails
        ? await this.firstNotFinite()
        : "the updated parameters";
    throw new NotFiniteError(update + 1, place);
  }

  async evaluate(batch: Batch): Promise<SequenceNll[]> {
    if (batch.size > 1 && !this.runs.memory.fits(batch)) {
      const half = batch.size >> 1;
      return [
        ...(await this.evaluate(batchPart(batch, 0, half))),
        ...(await this.evaluate(batchPart(batch, half, batch.size))),
      ];
    }
    const { rows } = await this.compute(batch, "forward");
    return bySequence(batch, rows);
  }

  async trace(batch: Batch): Promise<Trace> {
    const kernels = kernelsOf(this.model, this.device, this.runs.kernels.plan.update, "trace");
    const memory = new Memory(this.device, kernels);
    try {
      await memory.reserve(1);
      await memory.write(
        0,
        parametersPart,
        (await this.runs.memory.read(this.slot, parametersPart)) as Float32Array<ArrayBuffer>,
      );
      await memory.compute([{ slot: 0, batch }], "forward");
      const rows = batch.stepOffsets[batch.time];
      const values = new Map<string, Float32Array>();
      for (const [name, slot] of kernels.program.named)
        values.set(name, await memory.readSlot(slot, rows));
      return { hiddenSize: this.model.hiddenSize, values };
    } finally {
      memory.close();
    }
  }

  async gradient(batch: Batch): Promise<ReadonlyMap<string, Float32Array>> {
    await this.compute(batch, "gradient");
    return this.named(gradientPart);
  }

  async read(): Promise<TrainingState> {
    const optimiser = new Map<string, Map<string, Float32Array>>();
    for (const [k, slot] of this.runs.kernels.plan.slots.entries())
      optimiser.set(slot, await this.named(1 + k));
    return { parameters: await this.named(parametersPart), optimiser, updates: this.updates };
  }

  async write({ parameters, optimiser, updates }: TrainingState): Promise<void> {
    const { program, plan } = this.runs.kernels;
    const parts = [parameters, ...plan.slots.map((slot) => optimiser.get(slot))];
    for (const [part, values] of parts.entries()) {
      const all = new Float32Array(program.parameterFloats);
      for (const { name, offset } of program.parameters) {
        const found = values?.get(name);
        if (found) all.set(found, offset);
      }
      await this.runs.memory.write(this.slot, part, all);
    }
    this.updates = updates;
  }

  async close(): Promise<void> {
    this.runs.leave(this.slot);
  }

  private compute(
    batch: Batch,
    mode: Mode,
    step?: { readonly settings: StepSettings; readonly update: number },
  ): Promise<Outcome> {
    const call = { slot: this.slot, batch, updates: step?.update ?? this.updates };
    return this.runs.compute(step ? { ...call, settings: step.settings } : call, mode);
  }

  private async named(part: number): Promise<Map<string, Float32Array>> {
    const all = await this.runs.memory.read(this.slot, part);
    const { parameters } = this.runs.kernels.program;
    return new Map(
      parameters.map(({ name, offset, rows, columns }) => [
        name,
        all.slice(offset, offset + rows * columns),
      ]),
    );
  }

  private async firstNotFinite(): Promise<string> {
    for (const [name, values] of await this.named(gradientPart))
      if (!values.every(Number.isFinite)) return `the gradient of ${name}`;
    return "the gradient norm";
  }
}

const nothing = () => {};
