import type { ParameterShape, Program } from "../../compile/program.js";
import { type Batch, predictedSteps } from "../../data/batch.js";
import { GatedRnnError } from "../../errors.js";
import { deviationFloor } from "../../outputs/index.js";
import { type UpdatePlan, updatePlan } from "../../updates/plan.js";
import { rmsprop } from "../../updates/rmsprop.js";
import type { UpdateSettings } from "../../updates/update.js";
import type { StepSettings } from "../engine.js";
import { fusedOutput } from "../fused-outputs.js";
import {
  type FieldValues,
  fieldsOf,
  laidOut,
  layer,
  outputKernels,
  wordOf,
  wordsOf,
} from "./job-fields.js";
import type { ArenaMemory } from "./kernels.js";
import type { BatchSlice } from "./slices.js";
import { programTables } from "./tables.js";
import { isRmsprop, updateBlock, updateProgram } from "./update-program.js";

/** 64 bytes: rows that begin on a cache line. */
const alignment = 16;

/** Floats of a block of an element-wise phase: a few such blocks stay in the first cache. */
const blockFloats = 512;

export const modes = { forward: 0, gradient: 1, update: 3, prepare: 4, step: 8 } as const;

/** Where one slice's results lie after a run. */
interface SliceLayout {
  readonly nll: number;
  readonly gradients: number;
  readonly sequences: number;
  readonly sequenceStride: number;
}

/** Where the parts of a step of streams lie. */
export interface StreamLayout {
  /** The word that says where dense input lies, or −1 for sparse. */
  readonly inputAt: number;
  readonly inputValues: number;
  readonly offsets: number;
  readonly columns: number;
  readonly sequences: number;
  readonly sequenceStride: number;
  readonly saved: number;
  readonly readout: number;
}

/**
 * One session's memory: the program's tables, the parameters and the optimiser's state at its beginning, and behind them
 * whatever a batch needs, laid out anew for every batch. Nothing is allocated once the largest batch has been seen.
 */
export class Arena {
  /** First float of the parameters; each slot of the update rule's memory lies `stride` floats behind the one before. */
  private state: number;
  /** Where an update leaves the new ones: see `turn`. */
  private next: number;
  private readonly stride: number;
  private readonly noisy: number;
  private readonly isRmsprop: boolean;
  /** Floats of a register. */
  private readonly block: number;
  private readonly updateRegisters: number;
  private readonly updateScalars: number;
  private readonly updateOpCount: number;
  private readonly result: number;
  private readonly tables: Readonly<Record<string, number>>;
  private readonly batches: number;
  private capacity = 0;
  /** Of the largest batch so far: slots of the whole sequence, slots of a step, and the readout. */
  activationFloats = 0;

  constructor(
    private readonly program: Program,
    readonly memory: ArenaMemory,
    private readonly plan: UpdatePlan = updatePlan(rmsprop),
  ) {
    const { parameterFloats: count, packs } = program;
    let end = wordsOf("Job");
    const take = (length: number) => {
      const at = align(end);
      end = at + length;
      return at;
    };
    this.result = take(6);
    this.stride = align(count);
    this.state = take(this.stride * (1 + plan.slots.length));
    this.next = take(this.stride * (1 + plan.slots.length));
    this.isRmsprop = isRmsprop(plan.update);
    this.block = Math.max(1, Math.floor(blockFloats / program.width)) * program.width;
    const rule = updateProgram(plan);
    this.updateRegisters = take(rule.registers * updateBlock);
    this.updateScalars = take(plan.scalarCount);
    this.updateOpCount = rule.ops.length / wordsOf("PhaseOp");
    this.noisy = take(count);
    const packed = packs.map(({ rows, width }) => take(rows * width));
    const packTable = packs.flatMap(({ offset, ...pack }, k) =>
      laidOut("Pack", { ...pack, parameter: offset, packed: packed[k] }),
    );
    const shapeTable = shapesOf(program).flatMap(({ offset, ...shape }) =>
      laidOut("Shape", { ...shape, parameter: offset }),
    );
    const sources = {
      packs: packTable,
      shapes: shapeTable,
      ...programTables(program),
      updateOps: rule.ops,
      updateResults: rule.results,
    };
    this.tables = Object.fromEntries(
      Object.entries(sources).map(([name, table]) => [name, take(table.length)]),
    );
    this.batches = align(end);
    this.reserve(this.batches);
    for (const [name, table] of Object.entries(sources)) memory.ints.set(table, this.tables[name]);
    layJob(memory, 0, this.lasting());
  }

  get parameters(): number {
    return this.state;
  }

  /** First float of a slot of the update rule's memory. */
  slot(k: number): number {
    return this.state + (1 + k) * this.stride;
  }

  /** Takes what the last update made in place of what was before. */
  turn(): void {
    [this.state, this.next] = [this.next, this.state];
  }

  /** Words in use and reserved. */
  get size(): number {
    return this.capacity;
  }

  /** Lays a batch out, runs the program on it, and returns where its results lie. */
  run(
    slices: readonly BatchSlice[],
    mode: number,
    settings?: StepSettings,
    update = 0,
  ): SliceLayout[] {
    let end = this.batches;
    const take = (length: number) => {
      const at = align(end);
      end = at + length;
      return at;
    };
    const table = take(slices.length * wordsOf("Slice"));
    const layouts = slices.map(({ batch }) => this.slice(batch, take));
    this.reserve(end);
    this.activationFloats = Math.max(
      this.activationFloats,
      layouts.reduce((sum, at) => sum + at.activations, 0),
    );
    slices.forEach(({ batch }, k) => {
      this.fill(batch, layouts[k], table + k * wordsOf("Slice"));
    });
    const steps = slices.reduce((sum, { batch }) => sum + predictedSteps(batch), 0);
    this.job(table, slices.length, steps, mode, settings, update);
    this.memory.run(0);
    return layouts;
  }

  /**
   * Lays out one step of streams that run side by side, and prepares the weights for all their steps; `memory.run(0)` is a step
   * from then on.
   */
  streams(count: number): StreamLayout {
    const { inputSize, output } = this.program.model;
    const batch = oneStep(count, inputSize, output.targetSize);
    let end = this.batches;
    const take = (length: number) => {
      const at = align(end);
      end = at + length;
      return at;
    };
    const slice = take(wordsOf("Slice"));
    const input = { offsets: take(count + 1), columns: take(count * inputSize) };
    const states = this.program.states.length;
    const saved = take(states * align(count * this.program.width));
    const layout = this.slice(batch, take);
    this.reserve(end);
    this.fill(batch, { ...layout, input, saved }, slice);
    this.job(slice, 1, count, modes.prepare, undefined, 0);
    this.memory.run(0);
    this.memory.ints[wordOf("Job", "mode")] = modes.step;
    return { ...layout, ...input, saved, inputAt: slice + wordOf("Slice", "inputValues") };
  }

  /** Sum of NLL and, after a gradient, its global norm, and after an update whether all that it made is finite. */
  results(): { nll: number; norm: number; whole: boolean } {
    const { ints } = this.memory;
    for (let k = 0; k < 6; k++) resultWords[k] = ints[this.result + k];
    const [nll, norm, finite] = resultDoubles;
    return { nll, norm, whole: finite === 1 };
  }

  /** Reads one of the parameter-shaped areas, without the padding. */
  read(base: number): Map<string, Float32Array> {
    return new Map(
      this.program.parameters.map((p) => [p.name, unpadded(this.memory.floats, base, p)]),
    );
  }

  /** Fills one of them, with zeros where there are no values. */
  write(base: number, values: ReadonlyMap<string, Float32Array> | undefined): void {
    const { parameters, parameterFloats } = this.program;
    if (!values) this.memory.floats.fill(0, base, base + parameterFloats);
    else
      for (const { name, offset, rows, columns, width } of parameters) {
        const from = values.get(name) as Float32Array;
        for (let r = 0; r < rows; r++)
          this.memory.floats.set(
            from.subarray(r * columns, (r + 1) * columns),
            base + offset + r * width,
          );
      }
  }

  private slice(batch: Batch, take: (length: number) => number) {
    const { program } = this;
    const rows = batch.stepOffsets[batch.time];
    const sparse = (part: Batch["input"]) =>
      part.kind === "sparse"
        ? { offsets: take(rows + 1), columns: take(part.columns.length) }
        : undefined;
    const sequenceStride = align(rows * program.width);
    const stepStride = align(batch.size * program.width);
    return {
      rows,
      activations:
        program.sequenceSlots * sequenceStride +
        program.stepSlots * stepStride +
        rows * program.readoutWidth,
      stepOffsets: take(batch.time + 1),
      input: sparse(batch.input),
      inputValues: batch.input.kind === "dense" ? take(batch.input.values.length) : -1,
      target: sparse(batch.target),
      targetValues: batch.target.kind === "dense" ? take(batch.target.values.length) : -1,
      sequences: take(program.sequenceSlots * sequenceStride),
      sequenceStride,
      steps: take(program.stepSlots * stepStride),
      stepStride,
      readout: take(rows * program.readoutWidth + program.lanes), // mixture.h reads whole vectors from any float of a row
      nll: take(rows),
      weights: batch.weights ? take(rows) : -1,
      rowValues: take(rowFloats(program)),
      gradients: take(program.parameterFloats),
      registers: take(program.registers * this.block),
      saved: 0,
    };
  }

  private fill(batch: Batch, at: ReturnType<Arena["slice"]>, table: number): void {
    const { ints, floats } = this.memory;
    ints.set(batch.stepOffsets, at.stepOffsets);
    for (const [part, place] of [
      [batch.input, at.input],
      [batch.target, at.target],
    ] as const)
      if (part.kind === "sparse" && place) {
        ints.set(part.offsets, place.offsets);
        ints.set(part.columns, place.columns);
      }
    if (batch.input.kind === "dense") floats.set(batch.input.values, at.inputValues);
    if (batch.target.kind === "dense") floats.set(batch.target.values, at.targetValues);
    if (batch.weights) floats.set(batch.weights, at.weights);
    const { input, target } = at;
    // written out, not spread: it is laid down for every step
    laySlice(this.memory, table, {
      time: batch.time,
      batch: batch.size,
      rows: at.rows,
      stepOffsets: at.stepOffsets,
      inputOffsets: input?.offsets ?? 0,
      inputColumns: input?.columns ?? 0,
      inputValues: at.inputValues,
      targetOffsets: target?.offsets ?? 0,
      targetColumns: target?.columns ?? 0,
      targetValues: at.targetValues,
      sequences: at.sequences,
      sequenceStride: at.sequenceStride,
      steps: at.steps,
      stepStride: at.stepStride,
      readout: at.readout,
      nll: at.nll,
      weights: at.weights,
      rowValues: at.rowValues,
      gradients: at.gradients,
      registers: at.registers,
      saved: at.saved,
    });
  }

  /** What changes from call to call. */
  private job(
    slices: number,
    sliceCount: number,
    steps: number,
    mode: number,
    settings: StepSettings | undefined,
    update: number,
  ): void {
    const { memory, state, plan } = this;
    const rule: UpdateSettings = settings ? { ...plan.update.settings, ...settings.update } : {};
    if (settings && !this.isRmsprop)
      memory.floats.set(plan.scalars(settings.learningRate, rule, update), this.updateScalars);
    layCall(memory, 0, {
      mode,
      slices,
      sliceCount,
      parameters: state,
      slots: state + this.stride,
      next: this.next,
      update,
      noiseSeed: settings?.noiseSeed ?? 0,
      shrink: settings?.nonFiniteGradient === "shrink" ? 1 : 0,
      lossScale: settings?.loss === "sum" ? 1 : 1 / steps,
      weightNoise: settings?.weightNoise ?? 0,
      learningRate: settings?.learningRate ?? 0,
      maxGradientNorm: settings?.maxGradientNorm ?? Number.POSITIVE_INFINITY,
      maxStepNorm: settings?.maxStepNorm ?? Number.POSITIVE_INFINITY,
      decay: rule.decay ?? 0,
      momentum: rule.momentum ?? 0,
      epsilon: rule.epsilon ?? 0,
      rootFloor: rule.rootFloor ?? 0,
    });
  }

  /** What stays as long as the session. */
  private lasting(): Omit<FieldValues<"Job">, CallField> {
    const { program: p, tables: t } = this;
    const { output } = p.model;
    const { outputRows } = p;
    const fused = fusedOutput(output);
    const readoutWeight = p.parameters.find(({ name }) => name === "W_y") as ParameterShape;
    const readoutBias = p.parameters.find(({ name }) => name === "b_y") as ParameterShape;
    return {
      slotStride: this.stride,
      slotCount: this.plan.slots.length,
      noisy: this.noisy,
      count: p.parameterFloats,
      packs: t.packs,
      packCount: p.packs.length,
      instructions: t.instructions,
      forwardCount: p.forward.length,
      backwardCount: p.backward.length,
      ops: t.ops,
      states: t.states,
      stateCount: p.states.length,
      affines: t.affines,
      affineCount: p.affines.length,
      matrices: t.matrices,
      matrixCount: p.matrices.length,
      peepholes: t.peepholes,
      peepholeCount: p.peepholes.length,
      shapes: t.shapes,
      shapeCount: shapesOf(p).length,
      inputSize: p.model.inputSize,
      hiddenSize: p.model.hiddenSize,
      width: p.width,
      readoutSize: output.readoutSize,
      readoutWidth: p.readoutWidth,
      readoutWeight: readoutWeight.offset,
      readoutBias: readoutBias.offset,
      readoutPack: p.readoutPack,
      readoutBackPack: p.readoutBackPack,
      outputKernel: outputKernels.indexOf(fused?.kernel ?? "equations"),
      components: fused?.kernel === "mixture" ? fused.components : 0,
      targetSize: output.targetSize,
      rowSteps: t.rowSteps,
      rowForwardCount: outputRows.forwardCount,
      rowStepCount: outputRows.steps.length,
      rowReadout: outputRows.readout.offset,
      rowTarget: outputRows.target?.offset ?? -1,
      rowNll: outputRows.nll.offset,
      rowSlope: outputRows.slope.offset,
      outputParameters: t.outputParameters,
      outputParameterCount: p.outputParameters.length,
      nadeHidden: fused?.kernel === "nade" ? fused.hidden : 0,
      nadeDownward: Number(fused?.kernel === "nade" && fused.isDownward),
      registerStride: this.block,
      hiddenSlot: p.hiddenSlot,
      hiddenGradientSlot: p.hiddenGradientSlot,
      rule: Number(this.isRmsprop),
      updateOps: t.updateOps,
      updateOpCount: this.updateOpCount,
      updateScalars: this.updateScalars,
      updateScalarCount: this.plan.scalarCount,
      updateRegisters: this.updateRegisters,
      updateResults: t.updateResults,
      deviationFloor,
      result: this.result,
    };
  }

  private reserve(needed: number): void {
    if (needed <= this.capacity) return;
    if (needed > 2 ** 31 - 1)
      throw new GatedRnnError(
        "engine",
        `native engine: expected a batch that fits 8 GiB, got ${Math.ceil(needed / 2 ** 28)} GiB; use smaller batches`,
      );
    const capacity = this.capacity === 0 ? needed : Math.min(2 ** 31 - 1, Math.ceil(needed * 1.25));
    this.memory.reserve(capacity);
    this.capacity = capacity;
  }
}

/** What a thread's output layer needs beside the readouts: the equations' numbers, or c/nade.h's notes. */
function rowFloats({ model: { output }, outputRows, lanes }: Program): number {
  const fused = fusedOutput(output);
  if (fused?.kernel !== "nade") return fused ? 0 : outputRows.floats * lanes;
  const padded = Math.ceil(fused.hidden / lanes) * lanes;
  return (output.targetSize + 4) * padded + 4 * (output.targetSize + lanes);
}

const laySlice = layer("Slice");

const callFields = [
  ...(["mode", "slices", "sliceCount", "parameters", "slots", "next", "update"] as const),
  ...(["noiseSeed", "shrink", "lossScale", "weightNoise", "learningRate"] as const),
  ...(["maxGradientNorm", "maxStepNorm", "decay", "momentum", "epsilon", "rootFloor"] as const),
];
type CallField = (typeof callFields)[number];
const isCallField = (field: string) => callFields.some((known) => known === field);

const layCall = layer("Job", callFields);
const layJob = layer(
  "Job",
  fieldsOf("Job").filter((f): f is Exclude<typeof f, CallField> => !isCallField(f)),
);

/** The results of a job, copied out of whatever memory is the arena's now. */
const resultDoubles = new Float64Array(3);
const resultWords = new Int32Array(resultDoubles.buffer);

/** What the layout of a batch needs to know of one step. */
function oneStep(size: number, inputSize: number, targetSize: number): Batch {
  return {
    size,
    time: 1,
    lengths: new Int32Array(size).fill(1),
    stepOffsets: Int32Array.of(0, size),
    sources: new Int32Array(size),
    input: { kind: "dense", width: inputSize, values: new Float32Array(size * inputSize) },
    target: {
      kind: "sparse",
      width: targetSize,
      offsets: new Int32Array(size + 1),
      columns: new Int32Array(0),
    },
  };
}

function align(word: number): number {
  return Math.ceil(word / alignment) * alignment;
}

/** The parameters, and the zeros behind them where there are any: what an update keeps free of gradients in its padding. */
const shapesOf = ({ parameters, zeros }: Program): readonly ParameterShape[] =>
  zeros ? [...parameters, zeros] : parameters;

function unpadded(
  floats: Float32Array,
  base: number,
  { offset, rows, columns, width }: ParameterShape,
): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const from = base + offset + r * width;
    out.set(floats.subarray(from, from + columns), r * columns);
  }
  return out;
}
