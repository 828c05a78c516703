import { compile, type Program } from "../../compile/program.js";
import { type Batch, bySequence, predictedSteps } from "../../data/batch.js";
import { NotFiniteError } from "../../errors.js";
import type { Model } from "../../model/model.js";
import type { TrainingState } from "../../model/state.js";
import { type UpdatePlan, updatePlan } from "../../updates/plan.js";
import { rmsprop } from "../../updates/rmsprop.js";
import type { Update } from "../../updates/update.js";
import type { SequenceNll, Session, StepReport, StepSettings, Trace } from "../engine.js";
import { Arena, modes } from "./arena.js";
import type { Kernels } from "./kernels.js";
import { type BatchSlice, slicesOf } from "./slices.js";

/** One model on the compiled program: every call is one call of the C source. */
export class NativeSession implements Session {
  private readonly arena: Arena;
  private readonly program: Program;
  private readonly plan: UpdatePlan;
  private updates = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly model: Model,
    initial: TrainingState,
    private readonly threads = 1,
    purpose: "training" | "trace" = "training",
    update: Update = rmsprop,
  ) {
    this.program = compile(model, kernels.lanes, purpose);
    this.plan = updatePlan(update);
    this.arena = new Arena(this.program, kernels.arena(this.threads), this.plan);
    this.restore(initial);
  }

  async trainStep(batch: Batch, settings: StepSettings): Promise<StepReport> {
    const [first] = this.arena.run(this.slices(batch), modes.update, settings, this.updates);
    const steps = predictedSteps(batch);
    const { nll, norm, whole } = this.arena.results();
    if (settings.nonFiniteGradient !== "shrink") {
      if (!Number.isFinite(nll)) throw new NotFiniteError(this.updates + 1, "the loss");
      if (!Number.isFinite(norm))
        throw new NotFiniteError(this.updates + 1, this.firstNotFinite(first.gradients));
    }
    if (!whole) throw new NotFiniteError(this.updates + 1, "the updated parameters");
    this.arena.turn();
    this.updates += 1;
    return { nllPerStep: nll / steps, steps, gradientNorm: norm };
  }

  async evaluate(batch: Batch): Promise<SequenceNll[]> {
    const slices = this.slices(batch);
    const layouts = this.arena.run(slices, modes.forward);
    const { floats } = this.arena.memory;
    const sequences = new Array<SequenceNll>(batch.size);
    slices.forEach(({ batch: part, members }, k) => {
      bySequence(part, floats.subarray(layouts[k].nll)).forEach((sequence, b) => {
        sequences[members[b]] = sequence;
      });
    });
    return sequences;
  }

  async trace(batch: Batch): Promise<Trace> {
    const state = { ...(await this.read()), optimiser: new Map() };
    const session = new NativeSession(this.kernels, this.model, state, 1, "trace");
    return session.forwardTrace(batch);
  }

  async gradient(batch: Batch): Promise<ReadonlyMap<string, Float32Array>> {
    const [first] = this.arena.run(this.slices(batch), modes.gradient);
    return this.arena.read(first.gradients);
  }

  async read(): Promise<TrainingState> {
    const { arena, plan, updates } = this;
    const slots = plan.slots.map((name, k) => [name, arena.read(arena.slot(k))] as const);
    return { parameters: arena.read(arena.parameters), optimiser: new Map(slots), updates };
  }

  async write(state: TrainingState): Promise<void> {
    this.restore(state);
  }

  async close(): Promise<void> {
    this.arena.memory.close?.();
  }

  get activationBytes(): number {
    return this.arena.activationFloats * 4;
  }

  /** Bytes of the arena: parameters, optimiser and the largest batch so far. */
  arenaBytes(): number {
    return this.arena.size * 4;
  }

  private slices(batch: Batch): BatchSlice[] {
    return slicesOf(batch, this.kernels.threads ? this.threads : 1);
  }

  private restore(state: TrainingState): void {
    this.arena.write(this.arena.parameters, state.parameters);
    this.plan.slots.forEach((name, k) => {
      this.arena.write(this.arena.slot(k), state.optimiser.get(name));
    });
    this.updates = state.updates;
  }

  private forwardTrace(batch: Batch): Trace {
    const [{ sequences, sequenceStride }] = this.arena.run(this.slices(batch), modes.forward);
    const { floats } = this.arena.memory;
    const { hiddenSize } = this.model;
    const rows = batch.stepOffsets[batch.time];
    const values = new Map<string, Float32Array>();
    for (const [name, slot] of this.program.named) {
      const value = new Float32Array(rows * hiddenSize);
      const from = sequences + slot * sequenceStride;
      for (let r = 0; r < rows; r++) {
        const row = from + r * this.program.width;
        value.set(floats.subarray(row, row + hiddenSize), r * hiddenSize);
      }
      values.set(name, value);
    }
    return { hiddenSize, values };
  }

  private firstNotFinite(gradients: number): string {
    for (const [name, values] of this.arena.read(gradients))
      if (!values.every(Number.isFinite)) return `the gradient of ${name}`;
    return "the gradient norm";
  }
}
