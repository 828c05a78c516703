import type { Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";

/** Parameters that a workgroup reduces together. */
export const reduced = 256;

const sum = (lid: string, length: number) => `
  for (var step = ${length / 2}u; step > 0u; step = step >> 1u) {
    workgroupBarrier();
    if (${lid} < step) { scratch[${lid}] += scratch[${lid} + step]; }
  }
  workgroupBarrier();`;

/** Adds the chunks' gradients in order, and the squares of each workgroup's parameters. Grid: 256 parameters a workgroup. */
export function reduceGradients({ parameterFloats }: Program): Kernel {
  return kernel({
    name: "gradient sums",
    buffers: { batch: "read", state: "read_write", work: "read", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  let i = flat * ${reduced}u + lid;
  var gradient = 0.0;
  if (i < ${parameterFloats}u) {
    for (var s = 0u; s < splits_; s++) { gradient += work[partials_ + s * ${parameterFloats}u + i]; }
    state[slot_ * ${4 * parameterFloats}u + ${3 * parameterFloats}u + i] = gradient;
  }
  scratch[lid] = gradient * gradient;
  ${sum("lid", reduced)}
  if (lid == 0u && flat * ${reduced}u < ${parameterFloats}u) { results[squares_ + flat] = scratch[0]; }`,
  });
}

/** The sum of NLL and the global gradient norm of every run. Grid: one workgroup a run. */
export function totals({ parameterFloats }: Program): Kernel {
  const add = (from: string, count: string) => `
  part = 0.0;
  for (var i = lid; i < ${count}; i += ${reduced}u) { part += results[${from} + i]; }
  scratch[lid] = part;
  ${sum("lid", reduced)}`;
  return kernel({
    name: "loss and norm",
    buffers: { batch: "read", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  var part = 0.0;
  ${add("nll_", "rows_")}
  if (lid == 0u) { results[result_] = scratch[0]; }
  workgroupBarrier();
  ${add("squares_", `${Math.ceil(parameterFloats / reduced)}u`)}
  if (lid == 0u) { results[result_ + 1u] = sqrt(scratch[0]); }`,
  });
}

/** Whether there is an update: a loss or norm that is not finite prevents it, unless the weights are to shrink then. */
const goes = (parameterFloats: number) => `
  let norm = results[result_ + 1u];
  let goes = i < ${parameterFloats}u && (shrink_ == 1u || (finite(norm) && finite(results[result_])));
  let at = slot_ * ${4 * parameterFloats}u + i;`;

/** RMSProp with momentum on the rescaled gradient, or on a tenth of the weight where the norm is not finite: m and its square. */
const rule = (parameterFloats: number) => `
    var g = state[at + ${3 * parameterFloats}u];
    if (!finite(norm)) { g = 0.1 * state[at]; }
    else if (norm > maxNorm_) { g *= maxNorm_ / norm; }
    let square = state[at + ${parameterFloats}u] * decay_ + g * g * (1.0 - decay_);
    let root = max(sqrt(square + epsilon_), floor_);
    let moment = state[at + ${2 * parameterFloats}u] * momentum_ + rate_ * g / root;
    state[at + ${parameterFloats}u] = square;
    state[at + ${2 * parameterFloats}u] = moment;`;

/** The update where no run limits its steps. Grid: an invocation for every parameter. */
export function updateParameters({ parameterFloats }: Program): Kernel {
  return kernel({
    name: "update",
    buffers: { batch: "read", state: "read_write", results: "read" },
    workgroupSize: 64,
    body: `
  let i = flat * 64u + lid;${goes(parameterFloats)}
  if (goes) {${rule(parameterFloats)}
    state[at] -= moment;
  }`,
  });
}

/** The steps in place of the gradients, and the squares of each workgroup's. Grid: 256 parameters a workgroup. */
export function makeSteps({ parameterFloats }: Program): Kernel {
  return kernel({
    name: "steps",
    buffers: { batch: "read", state: "read_write", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  let i = flat * ${reduced}u + lid;${goes(parameterFloats)}
  var step = 0.0;
  if (goes) {${rule(parameterFloats)}
    step = moment;
    state[at + ${3 * parameterFloats}u] = step;
  }
  scratch[lid] = step * step;
  ${sum("lid", reduced)}
  if (lid == 0u && flat * ${reduced}u < ${parameterFloats}u) { results[squares_ + flat] = scratch[0]; }`,
  });
}

/** Takes the steps, shortened to the run's limit. Every workgroup adds all squares up by itself. Grid: 256 parameters a workgroup. */
export function takeSteps({ parameterFloats }: Program): Kernel {
  return kernel({
    name: "limited update",
    buffers: { batch: "read", state: "read_write", results: "read" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  var part = 0.0;
  for (var k = lid; k < ${Math.ceil(parameterFloats / reduced)}u; k += ${reduced}u) { part += results[squares_ + k]; }
  scratch[lid] = part;
  ${sum("lid", reduced)}
  let length = sqrt(scratch[0]);
  let i = flat * ${reduced}u + lid;${goes(parameterFloats)}
  if (goes) { state[at] -= state[at + ${3 * parameterFloats}u] * select(1.0, maxStep_ / length, length > maxStep_); }`,
  });
}
