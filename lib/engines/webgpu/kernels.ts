import { compile, type Program } from "../../compile/program.js";
import type { Batch } from "../../data/batch.js";
import { GatedRnnError } from "../../errors.js";
import type { Model } from "../../model/model.js";
import { type UpdatePlan, updatePlan } from "../../updates/plan.js";
import { rmsprop } from "../../updates/rmsprop.js";
import type { Update } from "../../updates/update.js";
import type { Device } from "./device.js";
import { type Kernel, mostScalars } from "./wgsl/kernel.js";
import { sequenceLoop } from "./wgsl/loop.js";
import { loss, outputGradients } from "./wgsl/losses.js";
import { prepareWeights } from "./wgsl/prepare.js";
import { denseProjection, hiddenGradient, readout, sparseProjection } from "./wgsl/products.js";
import { rowsPerWorkgroup } from "./wgsl/reductions.js";
import { tile } from "./wgsl/tiled-product.js";
import {
  makeSteps,
  reduced,
  reduceGradients,
  stateParts,
  takeSteps,
  totals,
  updateParameters,
} from "./wgsl/update.js";
import { tablesOf, weightGradients } from "./wgsl/weight-gradients.js";
import { type WeightLayout, weightLayout } from "./wgsl/weights.js";

/** How much of a training step is done. A "limited update" knows the norm of its step before it is taken: one dispatch more. */
export type Mode = "forward" | "gradient" | "update" | "limited update";

/** The largest of some runs: what a grid must cover. */
export interface Extent {
  readonly rows: number;
  readonly size: number;
  readonly splits: number;
}

export interface Stage {
  readonly kernel: Kernel;
  /** Workgroups, in x and y; z is the runs. */
  readonly grid: (extent: Extent) => readonly [number, number];
}

/** All kernels of a model: a step is carried out by one dispatch of each, whatever its length. */
export interface Kernels {
  readonly program: Program;
  readonly plan: UpdatePlan;
  readonly weights: WeightLayout;
  readonly tables: Uint32Array<ArrayBuffer>;
  /** Floats that the squares' sums of a run take. */
  readonly squares: number;
  stages(mode: Mode, input: Batch["input"]["kind"]): readonly Stage[];
}

/** A long grid in two dimensions. */
const longest = 32768;
const folded = (groups: number): readonly [number, number] => [
  Math.min(groups, longest),
  Math.ceil(groups / longest),
];

/** @throws GatedRnnError `usage` for a model that is too large for the device */
export function kernelsOf(
  model: Model,
  device: Device,
  update: Update = rmsprop,
  purpose: "training" | "trace" = "training",
): Kernels {
  const plan = updatePlan(update);
  if (plan.scalarCount > mostScalars)
    throw new GatedRnnError(
      "usage",
      `webgpu engine: expected an update rule with at most ${mostScalars} numbers that are the same for all parameters, got ${plan.scalarCount} in ${update.name}; use the native engine`,
    );
  const program = compile(model, 1, purpose);
  const weights = weightLayout(program);
  const {
    maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX,
    maxComputeWorkgroupStorageSize,
  } = device.gpu.limits;
  const limits = {
    invocations: Math.min(maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupSizeX),
    bytes: maxComputeWorkgroupStorageSize,
    keepsWeights: device.keepsWeights,
  };
  const { parameterFloats } = program;
  const { hiddenSize } = model;
  const loops = {
    forward: sequenceLoop(program, weights, "forward", limits),
    backward: sequenceLoop(program, weights, "backward", limits),
  };
  for (const loop of Object.values(loops)) device.checkWorkgroup(loop);
  device.checkBuffer("state", 4 * stateParts(plan) * parameterFloats, "hidden units");
  const { words, tiles } = tablesOf(program);
  const perParameter = (size: number) => () => folded(Math.ceil(parameterFloats / size));
  const rowTiles = ({ rows }: Extent) => Math.ceil(rows / tile);
  const prepare: Stage = {
    kernel: prepareWeights(program, weights, stateParts(plan)),
    grid: perParameter(64),
  };
  const sparse: Stage = {
    kernel: sparseProjection(program, weights),
    grid: ({ rows }) => folded(Math.ceil((rows * hiddenSize) / 64)),
  };
  const projection = denseProjection(program, weights);
  const dense: Stage = {
    kernel: projection,
    grid: (extent) => [rowTiles(extent), projection.columns],
  };
  const reading = readout(program, weights);
  const back = hiddenGradient(program, weights);
  const forward: Stage[] = [
    { kernel: loops.forward, grid: ({ size }) => [Math.ceil(size / loops.forward.sequences), 1] },
    { kernel: reading, grid: (extent) => [rowTiles(extent), reading.columns] },
    {
      kernel: loss(program, weights),
      grid: ({ rows }) => folded(Math.ceil(rows / rowsPerWorkgroup)),
    },
  ];
  const backward: Stage[] = [
    { kernel: back, grid: (extent) => [rowTiles(extent), back.columns] },
    { kernel: loops.backward, grid: ({ size }) => [Math.ceil(size / loops.backward.sequences), 1] },
  ];
  const own = outputGradients(program, weights);
  const outputs: Stage[] = own
    ? [{ kernel: own, grid: ({ splits }) => [own.columns, splits] }]
    : [];
  const gradients = {
    sparse: weightGradients(program, "sparse"),
    dense: weightGradients(program, "dense"),
  };
  const sums: Stage[] = [
    { kernel: reduceGradients(program, plan), grid: perParameter(reduced) },
    { kernel: totals(program), grid: () => [1, 1] },
  ];
  const updates = {
    update: [{ kernel: updateParameters(program, plan), grid: perParameter(64) }],
    "limited update": [
      { kernel: makeSteps(program, plan), grid: perParameter(reduced) },
      { kernel: takeSteps(program, plan), grid: perParameter(reduced) },
    ],
  } satisfies Record<string, Stage[]>;
  return {
    program,
    plan,
    weights,
    tables: words,
    squares: Math.ceil(parameterFloats / reduced),
    stages(mode, input) {
      const list = [prepare, input === "sparse" ? sparse : dense, ...forward];
      if (mode === "forward") return list;
      list.push(
        ...outputs,
        ...backward,
        { kernel: gradients[input], grid: ({ splits }) => [tiles, splits] },
        ...sums,
      );
      return mode === "gradient" ? list : [...list, ...updates[mode]];
    },
  };
}
