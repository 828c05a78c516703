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
  private updates = 0;

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
    const { nll, norm, isWhole } = await this.compute(batch, mode, settings);
    const steps = predictedSteps(batch);
    if (settings.nonFiniteGradient !== "shrink") {
      if (!Number.isFinite(nll)) throw new NotFiniteError(this.updates + 1, "the loss");
      if (!Number.isFinite(norm))
        throw new NotFiniteError(this.updates + 1, await this.firstNotFinite());
    }
    if (!isWhole) {
      await this.runs.memory.restore(this.slot);
      throw new NotFiniteError(this.updates + 1, "the updated parameters");
    }
    this.updates += 1;
    return { nllPerStep: nll / steps, steps, gradientNorm: norm };
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

  private compute(batch: Batch, mode: Mode, settings?: StepSettings): Promise<Outcome> {
    return this.runs.compute(
      { slot: this.slot, batch, updates: this.updates, ...(settings ? { settings } : {}) },
      mode,
    );
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
