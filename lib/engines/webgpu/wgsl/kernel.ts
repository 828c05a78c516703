import { elementary } from "./elementary.js";

/** The buffers that kernels share; their binding is their place here. */
export const bufferNames = ["batch", "tables", "state", "weights", "work", "results"] as const;
export type BufferName = (typeof bufferNames)[number];

/** One compute kernel: its WGSL, and which buffers it touches. */
export interface Kernel {
  readonly name: string;
  readonly code: string;
  readonly buffers: Readonly<Partial<Record<BufferName, "read" | "read_write">>>;
  /** Bytes of workgroup memory and invocations of a workgroup: checked against the device's limits before anything runs. */
  readonly workgroupBytes: number;
  readonly workgroupSize: number;
}

/** Words of a run's part in the head of the `batch` buffer. */
export const jobFields = [
  ...[
    "slot",
    "rows",
    "size",
    "steps",
    "lengths",
    "inputOffsets",
    "input",
    "targetOffsets",
    "target",
    "weights",
  ],
  ...[
    "work",
    "stride",
    "readout",
    "values",
    "partials",
    "chunk",
    "splits",
    "result",
    "nll",
    "squares",
  ],
  ...["update", "seed", "noise", "maxNorm", "scale", "maxStep", "shrink"],
] as const;
/** Behind them the scalars of the update rule. */
export const firstScalar = jobFields.length;
export const jobWords = 64;
/** Scalars that a rule may have. */
export const mostScalars = jobWords - firstScalar;

const elementTypes: Readonly<Record<BufferName, string>> = {
  batch: "u32",
  tables: "u32",
  state: "f32",
  weights: "f32",
  work: "f32",
  results: "f32",
};

export interface KernelSource {
  readonly name: string;
  readonly buffers: Kernel["buffers"];
  readonly workgroupSize: number;
  /** Arrays in workgroup memory: floats, and vectors of four. */
  readonly shared?: Readonly<Record<string, number>>;
  readonly vectors?: Readonly<Record<string, number>>;
  readonly functions?: string;
  /** `lid`: the invocation, `group`: the workgroup, `run`: the first word of the run's job. */
  readonly body: string;
}

/** Fields of a job that are floats in the batch's words. */
export const floatFields: ReadonlySet<string> = new Set(["noise", "maxNorm", "scale", "maxStep"]);

export function kernel({
  name,
  buffers,
  workgroupSize,
  shared = {},
  vectors = {},
  functions = "",
  body,
}: KernelSource): Kernel {
  const declarations = bufferNames.flatMap((buffer, binding) => {
    const access = buffers[buffer];
    return access
      ? [
          `@group(0) @binding(${binding}) var<storage, ${access}> ${buffer}: array<${elementTypes[buffer]}>;`,
        ]
      : [];
  });
  const declare = (type: string) => (array: [string, number]) =>
    `var<workgroup> ${array[0]}: array<${type}, ${array[1]}>;`;
  const arrays = [
    ...Object.entries(shared).map(declare("f32")),
    ...Object.entries(vectors).map(declare("vec4<f32>")),
  ];
  const fields = jobFields.flatMap((field, word) => {
    if (!new RegExp(`\\b${field}_\\b`).test(body)) return [];
    const value = `batch[run + ${word}u]`;
    return [`  let ${field}_ = ${floatFields.has(field) ? `bitcast<f32>(${value})` : value};`];
  });
  const code = `${declarations.join("\n")}
${arrays.join("\n")}
${elementary}${functions}
@compute @workgroup_size(${workgroupSize}) fn main(
  @builtin(local_invocation_id) invocation: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let lid = invocation.x;
  let flat = group.x + group.y * groups.x; // of a grid that is long in one direction
  let run = group.z * ${jobWords}u;
${fields.join("\n")}
${body}
}
`;
  const total = (lengths: Readonly<Record<string, number>>) =>
    Object.values(lengths).reduce((a, b) => a + b, 0);
  const workgroupBytes = 4 * total(shared) + 16 * total(vectors);
  return { name, code, buffers, workgroupBytes, workgroupSize };
}
