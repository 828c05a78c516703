import type { Program } from "../../../compile/program.js";
import type { Operand, UpdatePlan } from "../../../updates/plan.js";
import { firstScalar, type Kernel, kernel } from "./kernel.js";
import { expression, ofOne } from "./values.js";

/** Parameters that a workgroup reduces together. */
export const reduced = 256;

const sum = (lid: string, length: number) => `
  for (var step = ${length / 2}u; step > 0u; step = step >> 1u) {
    workgroupBarrier();
    if (${lid} < step) { scratch[${lid}] += scratch[${lid} + step]; }
  }
  workgroupBarrier();`;

/** Where a run's state lies: the parameters, then every slot of its update rule, then the gradient. */
export const stateParts = ({ slots }: UpdatePlan) => slots.length + 2;

const partOf = (plan: UpdatePlan, { parameterFloats }: Program, part: number) => `
  let at = slot_ * ${stateParts(plan) * parameterFloats}u + ${part * parameterFloats}u + i;`;

/** Adds the chunks' gradients in order, and the squares of each workgroup's parameters. Grid: 256 parameters a workgroup. */
export function reduceGradients(program: Program, plan: UpdatePlan): Kernel {
  const { parameterFloats } = program;
  return kernel({
    name: "gradient sums",
    buffers: { batch: "read", state: "read_write", work: "read", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  let i = flat * ${reduced}u + lid;${partOf(plan, program, stateParts(plan) - 1)}
  var gradient = 0.0;
  if (i < ${parameterFloats}u) {
    for (var s = 0u; s < splits_; s++) { gradient += work[partials_ + s * ${parameterFloats}u + i]; }
    state[at] = gradient;
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
  if (lid == 0u) {
    results[result_ + 1u] = sqrt(scratch[0]);
    results[result_ + 2u] = 0.0;
  }`,
  });
}

/** Whether there is an update: a loss or norm that is not finite prevents it, unless the weights are to shrink then. */
const goes = (program: Program, plan: UpdatePlan) => `
  let norm = results[result_ + 1u];
  let goes = i < ${program.parameterFloats}u && (shrink_ == 1u || (finite(norm) && finite(results[result_])));${partOf(plan, program, 0)}`;

/** The rule's equations on the rescaled gradient, or on a tenth of the weight where the norm is not finite: leaves `step`. */
function rule({ parameterFloats }: Program, plan: UpdatePlan): string {
  const part = (index: number) => `state[at + ${index * parameterFloats}u]`;
  const gradient = part(stateParts(plan) - 1);
  const value = ({ kind, index }: Operand): string => {
    switch (kind) {
      case "weight":
        return "w";
      case "gradient":
        return "g";
      case "slot":
        return `slot${index}`;
      case "scalar":
        return `bitcast<f32>(batch[run + ${firstScalar + index}u])`;
      case "result":
        return `r${index}`;
    }
  };
  const lines = [
    `let w = ${part(0)};`,
    `var g = ${gradient};`,
    "if (!finite(norm)) { g = 0.1 * w; } else if (norm > maxNorm_) { g *= maxNorm_ / norm; }",
    ...plan.slots.map((_, k) => `let slot${k} = ${part(1 + k)};`),
    ...plan.ops.map(
      ({ op, inputs, constant }, k) =>
        `let r${k} = ${expression(
          op,
          ofOne,
          inputs.map((of) => `(${value(of)})`),
          `f32(${constant})`,
        )};`,
    ),
    ...plan.next.map((result, k) => `${part(1 + k)} = ${value(result)};`),
    `step = ${value(plan.step)};`,
  ];
  return lines.map((line) => `\n    ${line}`).join("");
}

/** Says so where what was made is not finite: all that do write the same. */
function told({ parameterFloats }: Program, plan: UpdatePlan, ...more: string[]): string {
  const slots = plan.next.map((_, k) => `state[at + ${(1 + k) * parameterFloats}u]`);
  return `
    if (!finite(${["state[at]", ...slots, ...more].join(" + ")})) { results[result_ + 2u] = 1.0; }`;
}

/** The update where no run limits its steps. Grid: an invocation for every parameter. */
export function updateParameters(program: Program, plan: UpdatePlan): Kernel {
  return kernel({
    name: "update",
    buffers: { batch: "read", state: "read_write", results: "read_write" },
    workgroupSize: 64,
    body: `
  let i = flat * 64u + lid;${goes(program, plan)}
  var step = 0.0;
  if (goes) {${rule(program, plan)}
    state[at] = w - step;${told(program, plan)}
  }`,
  });
}

/** The steps in place of the gradients, and the squares of each workgroup's. Grid: 256 parameters a workgroup. */
export function makeSteps(program: Program, plan: UpdatePlan): Kernel {
  const { parameterFloats } = program;
  return kernel({
    name: "steps",
    buffers: { batch: "read", state: "read_write", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  let i = flat * ${reduced}u + lid;${goes(program, plan)}
  var step = 0.0;
  if (goes) {${rule(program, plan)}
    state[at + ${(stateParts(plan) - 1) * parameterFloats}u] = step;${told(program, plan, "step")}
  }
  scratch[lid] = step * step;
  ${sum("lid", reduced)}
  if (lid == 0u && flat * ${reduced}u < ${parameterFloats}u) { results[squares_ + flat] = scratch[0]; }`,
  });
}

/** Takes the steps, shortened to the run's limit. Every workgroup adds all squares up by itself. Grid: 256 parameters a workgroup. */
export function takeSteps(program: Program, plan: UpdatePlan): Kernel {
  const { parameterFloats } = program;
  return kernel({
    name: "limited update",
    buffers: { batch: "read", state: "read_write", results: "read_write" },
    workgroupSize: reduced,
    shared: { scratch: reduced },
    body: `
  var part = 0.0;
  for (var k = lid; k < ${Math.ceil(parameterFloats / reduced)}u; k += ${reduced}u) { part += results[squares_ + k]; }
  scratch[lid] = part;
  ${sum("lid", reduced)}
  let length = sqrt(scratch[0]);
  let i = flat * ${reduced}u + lid;${goes(program, plan)}
  let shorter = select(1.0, maxStep_ / length, length > maxStep_);
  if (goes) {
    state[at] -= state[at + ${(stateParts(plan) - 1) * parameterFloats}u] * shorter;${told(program, plan)}
  }`,
  });
}
