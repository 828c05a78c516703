import { type Batch, predictedSteps } from "../../data/batch.js";
import { settingsOf } from "../../updates/update.js";
import type { StepSettings } from "../engine.js";
import { fusedOutput } from "../fused-outputs.js";
import type { Kernels, Mode } from "./kernels.js";
import { firstScalar, floatFields, jobFields, jobWords } from "./wgsl/kernel.js";
import { nadeFloats } from "./wgsl/nade.js";

/** What one run asks for in a step that it shares with others. */
export interface Call {
  /** The run's place in the state and weights. */
  readonly slot: number;
  readonly batch: Batch;
  readonly settings?: StepSettings;
  /** Updates made before: the noise's counter. */
  readonly updates?: number;
}

/** Where everything of a step lies: words of `batch`, and floats of `work` and `results`, by run. */
export interface Layout {
  /** Of each run's update. */
  readonly scalars: readonly (readonly number[])[];
  readonly jobs: readonly Readonly<Record<(typeof jobFields)[number], number>>[];
  readonly batchWords: number;
  readonly workFloats: number;
  readonly resultFloats: number;
}

/** Of every run, at the beginning of `results`: sum of NLL, gradient norm, 1 where an update made what is not finite. */
export const resultWords = 3;

/** Rows that are summed by one workgroup in weight gradients: a run is split by its own length, whoever runs beside it. */
const chunkRows = 256;
const mostSplits = 64;

const largestFloat = 3.4028234663852886e38;

export function layoutOf(
  calls: readonly Call[],
  { program, plan, squares }: Kernels,
  mode: Mode,
): Layout {
  const { sequenceSlots, parameterFloats, model, outputRows } = program;
  const { hiddenSize, output } = model;
  const fused = fusedOutput(output);
  let batchWords = calls.length * jobWords;
  let workFloats = 0;
  let resultFloats = resultWords * calls.length;
  const placed = new Map<Batch, Record<string, number>>();
  const takeBatch = (words: number) => {
    batchWords += words;
    return batchWords - words;
  };
  const takeWork = (floats: number) => {
    workFloats += floats;
    return workFloats - floats;
  };
  const takeResults = (floats: number) => {
    resultFloats += floats;
    return resultFloats - floats;
  };
  const place = (batch: Batch) => {
    const { input, target, time, size, weights } = batch;
    const rows = batch.stepOffsets[time];
    return {
      steps: takeBatch(time + 1),
      lengths: takeBatch(size),
      inputOffsets: input.kind === "sparse" ? takeBatch(rows + 1) : 0,
      input: takeBatch(input.kind === "sparse" ? input.columns.length : input.values.length),
      targetOffsets: target.kind === "sparse" ? takeBatch(rows + 1) : 0,
      target: takeBatch(target.kind === "sparse" ? target.columns.length : target.values.length),
      weights: weights ? takeBatch(rows) : 0,
    };
  };
  const jobs = calls.map(({ slot, batch, settings, updates = 0 }, run) => {
    const rows = batch.stepOffsets[batch.time];
    const where = placed.get(batch) ?? place(batch); // runs of one seed may share their batch
    placed.set(batch, where);
    const chunk = Math.max(chunkRows, Math.ceil(rows / mostSplits));
    const splits = Math.ceil(rows / chunk);
    return {
      slot,
      rows,
      size: batch.size,
      ...(where as ReturnType<typeof place>),
      work: takeWork(sequenceSlots * rows * hiddenSize),
      stride: rows * hiddenSize,
      readout: takeWork(rows * output.readoutSize),
      values: takeWork(
        rows * (fused?.kernel === "nade" ? nadeFloats(fused) : fused ? 0 : outputRows.floats),
      ),
      partials: mode === "forward" ? 0 : takeWork(splits * parameterFloats),
      chunk,
      splits,
      result: resultWords * run,
      nll: takeResults(rows),
      squares: takeResults(squares),
      update: updates,
      seed: settings?.noiseSeed ?? 0,
      noise: settings?.weightNoise ?? 0,
      maxNorm: Math.min(settings?.maxGradientNorm ?? largestFloat, largestFloat),
      scale: settings?.loss === "sum" ? 1 : 1 / predictedSteps(batch),
      maxStep: Math.min(settings?.maxStepNorm ?? largestFloat, largestFloat),
      shrink: Number(settings?.nonFiniteGradient === "shrink"),
    };
  });
  const scalars = calls.map(({ settings, updates = 0 }) =>
    settings
      ? plan.scalars(settings.learningRate, settingsOf(plan.update, settings.update), updates)
      : [],
  );
  return { scalars, jobs, batchWords, workFloats, resultFloats };
}

/** Writes the jobs and their batches, each batch once. */
export function fill(
  calls: readonly Call[],
  { jobs, scalars }: Layout,
  words: Uint32Array,
  floats: Float32Array,
): void {
  const done = new Set<number>();
  calls.forEach(({ batch }, run) => {
    const job = jobs[run];
    jobFields.forEach((field, k) => {
      if (floatFields.has(field)) floats[run * jobWords + k] = job[field];
      else words[run * jobWords + k] = job[field];
    });
    floats.set(scalars[run], run * jobWords + firstScalar);
    if (done.has(job.steps)) return;
    done.add(job.steps);
    words.set(batch.stepOffsets, job.steps);
    words.set(batch.lengths, job.lengths);
    if (batch.weights) floats.set(batch.weights, job.weights);
    for (const [rows, offsets, values] of [
      [batch.input, job.inputOffsets, job.input],
      [batch.target, job.targetOffsets, job.target],
    ] as const)
      if (rows.kind === "sparse") {
        words.set(rows.offsets, offsets);
        words.set(rows.columns, values);
      } else floats.set(rows.values, values);
  });
}
