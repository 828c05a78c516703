import type * as tf from "@tensorflow/tfjs";
import { type Batch, bySequence, predictedSteps } from "../../data/batch.js";
import { NotFiniteError } from "../../errors.js";
import { isNoisy, type Model } from "../../model/model.js";
import type { ByParameter, TrainingState } from "../../model/state.js";
import { normalMatrix } from "../../random/normal.js";
import { type UpdatePlan, updatePlan } from "../../updates/plan.js";
import { rmsprop } from "../../updates/rmsprop.js";
import { settingsOf, type Update } from "../../updates/update.js";
import type { SequenceNll, Session, StepReport, StepSettings, Trace } from "../engine.js";
import { batchTensors, hiddenStates, nllPerRow, type Tensorflow, type Tensors } from "./forward.js";
import { updateTensors } from "./update.js";

/** h of all steps, [rows, hidden]: op by op, or by a fused op where TensorFlow has one. */
export type HiddenStates = (parameters: Tensors, batch: Batch, input: tf.Tensor2D) => tf.Tensor2D;

/** Owns a tensor per parameter for its value and for each slot of the update rule, and nothing else between calls. */
export class ReferenceSession implements Session {
  private readonly parameters: tf.Tensor[] = [];
  /** By slot, then by parameter. */
  private readonly slots: tf.Tensor[][];
  private readonly plan: UpdatePlan;
  private updates = 0;

  constructor(
    private readonly t: Tensorflow,
    private readonly model: Model,
    initial: TrainingState,
    private readonly states: HiddenStates = (...of) => hiddenStates(t, model, ...of),
    update: Update = rmsprop,
  ) {
    this.plan = updatePlan(update);
    this.slots = this.plan.slots.map(() => []);
    this.restore(initial);
  }

  async trainStep(batch: Batch, settings: StepSettings): Promise<StepReport> {
    const { t } = this;
    const noisy = t.tidy(() => this.withNoise(settings));
    const steps = predictedSteps(batch);
    const { value, grads } = this.gradients(noisy, batch, settings.loss === "sum" ? steps : 1);
    // a tensor without noise is the parameter itself
    for (const tensor of noisy) if (!this.parameters.includes(tensor)) tensor.dispose();
    try {
      const nllPerStep = (await value.data())[0];
      const gradientNorm = await this.norm(grads);
      if (settings.nonFiniteGradient !== "shrink") {
        if (!Number.isFinite(nllPerStep)) throw new NotFiniteError(this.updates + 1, "the loss");
        if (!Number.isFinite(gradientNorm))
          throw new NotFiniteError(this.updates + 1, await this.firstNotFinite(grads));
      }
      await this.update(grads, gradientNorm, settings);
      return { nllPerStep, steps, gradientNorm };
    } finally {
      t.dispose([value, ...grads]);
    }
  }

  async evaluate(batch: Batch): Promise<SequenceNll[]> {
    const rows = this.t.tidy(() => {
      const tensors = batchTensors(this.t, batch);
      const parameters = this.named(this.parameters);
      return nllPerRow(
        this.t,
        this.model,
        parameters,
        this.states(parameters, batch, tensors.input),
        tensors,
      );
    });
    const nll = await rows.data();
    rows.dispose();
    return bySequence(batch, nll);
  }

  async trace(batch: Batch): Promise<Trace> {
    const { named } = this.model.cell.graph;
    const tensors = this.t.tidy(() => {
      const steps = named.map((): tf.Tensor2D[] => []);
      hiddenStates(
        this.t,
        this.model,
        this.named(this.parameters),
        batch,
        batchTensors(this.t, batch).input,
        (values) =>
          named.forEach(({ node }, k) => {
            steps[k].push(values[node] as tf.Tensor2D);
          }),
      );
      return steps.map((s) => this.t.concat2d(s, 0));
    });
    const values = new Map<string, Float32Array>();
    for (const [k, { name }] of named.entries())
      values.set(name, (await tensors[k].data()) as Float32Array);
    this.t.dispose(tensors);
    return { hiddenSize: this.model.hiddenSize, values };
  }

  async gradient(batch: Batch): Promise<ReadonlyMap<string, Float32Array>> {
    const { value, grads } = this.gradients(this.parameters, batch);
    value.dispose();
    return this.readOut(grads, true);
  }

  async read(): Promise<TrainingState> {
    const optimiser = new Map<string, Map<string, Float32Array>>();
    for (const [k, slot] of this.plan.slots.entries())
      optimiser.set(slot, await this.readOut(this.slots[k]));
    const parameters = await this.readOut(this.parameters);
    return { parameters, optimiser, updates: this.updates };
  }

  async write(state: TrainingState): Promise<void> {
    this.restore(state);
  }

  async close(): Promise<void> {
    for (const list of [this.parameters, ...this.slots]) this.t.dispose(list.splice(0));
  }

  private restore({ parameters, optimiser, updates }: TrainingState): void {
    const { t, plan } = this;
    const fill = (list: tf.Tensor[], values: ByParameter | undefined) => {
      t.dispose(list.splice(0));
      for (const { name, shape } of this.model.parameters) {
        const found = values?.get(name)?.slice(); // a tensor may keep the array that it is made from
        list.push(found ? t.tensor(found, [...shape]) : t.zeros([...shape]));
      }
    };
    fill(this.parameters, parameters);
    for (const [k, slot] of plan.slots.entries()) fill(this.slots[k], optimiser.get(slot));
    this.updates = updates;
  }

  private named(tensors: readonly tf.Tensor[]): Tensors {
    return new Map(this.model.parameters.map(({ name }, k) => [name, tensors[k]]));
  }

  private withNoise({ weightNoise, noiseSeed }: StepSettings): tf.Tensor[] {
    return this.model.parameters.map((parameter, stream) => {
      const value = this.parameters[stream];
      if (weightNoise === 0 || !isNoisy(parameter)) return value;
      const [rows, columns] = parameter.shape;
      const noise = this.t.tensor(normalMatrix(noiseSeed, this.updates, stream, rows, columns), [
        rows,
        columns,
      ]);
      return this.t.add(value, this.t.mul(noise, weightNoise));
    });
  }

  /** Mean NLL per step, and so many times its gradient, at the given parameters; the caller disposes of both. */
  private gradients(
    parameters: readonly tf.Tensor[],
    batch: Batch,
    factor = 1,
  ): { value: tf.Scalar; grads: tf.Tensor[] } {
    const { t, model } = this;
    return t.tidy(() => {
      const tensors = batchTensors(t, batch);
      const { value, grads } = t.valueAndGrads((...values: tf.Tensor[]) => {
        const named = this.named(values);
        const hidden = this.states(named, batch, tensors.input);
        return t.div(t.sum(nllPerRow(t, model, named, hidden, tensors)), predictedSteps(batch));
      })([...parameters]);
      return {
        value: value as tf.Scalar,
        grads: factor === 1 ? grads : grads.map((g) => t.mul(g, factor)),
      };
    });
  }

  /** Rescaling acts on the gradient as computed; then the rule; then the limit on the step. */
  private async update(
    grads: readonly tf.Tensor[],
    norm: number,
    settings: StepSettings,
  ): Promise<void> {
    const { t, plan } = this;
    const { learningRate, maxGradientNorm, maxStepNorm = Number.POSITIVE_INFINITY } = settings;
    const finite = Number.isFinite(norm);
    const rescale = !finite ? 0.1 : norm > maxGradientNorm ? maxGradientNorm / norm : 1;
    const rule = settingsOf(plan.update, settings.update);
    const scalars = plan.scalars(learningRate, rule, this.updates);
    const slots: tf.Tensor[][] = this.slots.map(() => []);
    const steps = grads.map((grad, k) => {
      const [step, ...next] = t.tidy(() => {
        const gradient = t.mul(finite ? grad : this.parameters[k], rescale);
        const before = this.slots.map((slot) => slot[k]);
        return updateTensors(t, plan, {
          weight: this.parameters[k],
          gradient,
          slots: before,
          scalars,
        });
      });
      for (const [slot, value] of next.entries()) slots[slot].push(value);
      return step;
    });
    const length = maxStepNorm === Number.POSITIVE_INFINITY ? 0 : await this.norm(steps);
    const shorter = length > maxStepNorm ? maxStepNorm / length : 1;
    const parameters = steps.map((step, k) =>
      t.tidy(() => t.sub(this.parameters[k], t.mul(step, shorter))),
    );
    t.dispose(steps);
    if (!(await this.areFinite([...parameters, ...slots.flat()]))) {
      t.dispose([...parameters, ...slots.flat()]);
      throw new NotFiniteError(this.updates + 1, "the updated parameters");
    }
    t.dispose(this.parameters.splice(0, parameters.length, ...parameters));
    for (const [slot, values] of slots.entries())
      t.dispose(this.slots[slot].splice(0, values.length, ...values));
    this.updates += 1;
  }

  private async areFinite(tensors: readonly tf.Tensor[]): Promise<boolean> {
    const { t } = this;
    const zero = t.tidy(() => t.addN(tensors.map((tensor) => t.sum(t.mul(tensor, 0)))));
    const [value] = await zero.data();
    zero.dispose();
    return value === 0;
  }

  private async norm(tensors: readonly tf.Tensor[]): Promise<number> {
    const { t } = this;
    const norm = t.tidy(() => t.sqrt(t.addN(tensors.map((g) => t.sum(t.square(g))))));
    const [value] = await norm.data();
    norm.dispose();
    return value;
  }

  private async firstNotFinite(grads: readonly tf.Tensor[]): Promise<string> {
    for (const [k, { name }] of this.model.parameters.entries())
      if (!(await grads[k].data()).every(Number.isFinite)) return `the gradient of ${name}`;
    return "the gradient norm";
  }

  private async readOut(
    tensors: readonly tf.Tensor[],
    dispose = false,
  ): Promise<Map<string, Float32Array>> {
    const out = new Map<string, Float32Array>();
    for (const [k, { name }] of this.model.parameters.entries())
      out.set(name, Float32Array.from(await tensors[k].data()));
    if (dispose) this.t.dispose([...tensors]);
    return out;
  }
}
