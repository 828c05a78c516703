import type { Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";
import { tile, tiledProduct } from "./tiled-product.js";
import { none } from "./weight-gradients.js";
import type { WeightLayout } from "./weights.js";

const tilesOf = (size: number) => Math.ceil(size / tile);

/** b + x W for every affine product and all rows at once, x dense. Grid: row tiles × column tiles of every affine. */
export function denseProjection({ affines, model }: Program, { floats }: WeightLayout): Kernel & { readonly columns: number } {
  const { hiddenSize, inputSize } = model;
  const columns = tilesOf(hiddenSize);
  const count = affines.length / 5;
  const made = tiledProduct({
    name: "input projection",
    buffers: { batch: "read", tables: "read", weights: "read", work: "read_write" },
    begin: `
  let m0 = group.x * ${tile}u;
  if (m0 >= rows_) { return; }
  let n0 = (group.y % ${columns}u) * ${tile}u;
  let affine = (group.y / ${columns}u) * 3u;
  let matrix = tables[affine + 1u];
  let w = slot_ * ${floats}u;
  let start = 0u; let end = select(${inputSize}u, 0u, matrix == ${none}u);`,
    a: `bitcast<f32>(batch[input_ + m * ${inputSize}u + k])`,
    insideA: "m < rows_",
    aRunsAlongDepth: true,
    b: `weights[w + matrix + k * ${hiddenSize}u + n]`,
    insideB: `n < ${hiddenSize}u`,
    store: `if (m < rows_ && n < ${hiddenSize}u) { work[work_ + tables[affine] * stride_ + m * ${hiddenSize}u + n] = value + weights[w + tables[affine + 2u] + n]; }`,
  });
  return { ...made, columns: columns * count };
}

/** The same for sparse x: a sum of a few rows of W. Grid: an invocation for every hidden unit of every row. */
export function sparseProjection({ affines, model }: Program, { floats }: WeightLayout): Kernel {
  const { hiddenSize } = model;
  const list = Array.from({ length: affines.length / 5 }, (_, k) => affines.subarray(5 * k, 5 * k + 5));
  const reading = list.map(([, matrix], k) => (matrix < 0 ? "" : `sum${k} += weights[w + ${matrix}u + column];`)).join(" ");
  return kernel({
    name: "input projection",
    buffers: { batch: "read", weights: "read", work: "read_write" },
    workgroupSize: 64,
    body: `
  let i = flat * 64u + lid;
  if (i >= rows_ * ${hiddenSize}u) { return; }
  let row = i / ${hiddenSize}u; let j = i % ${hiddenSize}u;
  let w = slot_ * ${floats}u;
  ${list.map(([, , , bias], k) => `var sum${k} = weights[w + ${bias}u + j];`).join("\n  ")}
  for (var c = batch[inputOffsets_ + row]; c < batch[inputOffsets_ + row + 1u]; c++) {
    let column = batch[input_ + c] * ${hiddenSize}u + j;
    ${reading}
  }
  ${list.map(([slot], k) => `work[work_ + ${slot}u * stride_ + i] = sum${k};`).join("\n  ")}`,
  });
}

/** y = h W_y + b_y for all rows. Grid: row tiles × column tiles. */
export function readout(program: Program, { packs, floats }: WeightLayout): Kernel & { readonly columns: number } {
  const { model, hiddenSlot, readoutPack, parameters } = program;
  const { hiddenSize, output } = model;
  const { offset, stride } = packs[readoutPack];
  const bias = parameters[parameters.length - 1].offset;
  const made = tiledProduct({
    name: "readout",
    buffers: { batch: "read", weights: "read", work: "read_write" },
    begin: `
  let m0 = group.x * ${tile}u;
  if (m0 >= rows_) { return; }
  let n0 = group.y * ${tile}u;
  let w = slot_ * ${floats}u;
  let start = 0u; let end = ${hiddenSize}u;`,
    a: `work[work_ + ${hiddenSlot}u * stride_ + m * ${hiddenSize}u + k]`,
    insideA: "m < rows_",
    aRunsAlongDepth: true,
    b: `weights[w + ${offset}u + k * ${stride}u + n]`,
    insideB: `n < ${output.readoutSize}u`,
    store: `if (m < rows_ && n < ${output.readoutSize}u) { work[readout_ + m * ${output.readoutSize}u + n] = value + weights[w + ${bias}u + n]; }`,
  });
  return { ...made, columns: tilesOf(output.readoutSize) };
}

/** The readout's gradient with respect to h, for all rows: dy W_yᵀ. Grid: row tiles × column tiles. */
export function hiddenGradient(program: Program, { packs, floats }: WeightLayout): Kernel & { readonly columns: number } {
  const { model, hiddenGradientSlot, readoutBackPack } = program;
  const { hiddenSize, output } = model;
  const { offset, stride } = packs[readoutBackPack];
  const made = tiledProduct({
    name: "gradient of h",
    buffers: { batch: "read", weights: "read", work: "read_write" },
    begin: `
  let m0 = group.x * ${tile}u;
  if (m0 >= rows_) { return; }
  let n0 = group.y * ${tile}u;
  let w = slot_ * ${floats}u;
  let start = 0u; let end = ${output.readoutSize}u;`,
    a: `work[readout_ + m * ${output.readoutSize}u + k]`,
    insideA: "m < rows_",
    aRunsAlongDepth: true,
    b: `weights[w + ${offset}u + k * ${stride}u + n]`,
    insideB: `n < ${hiddenSize}u`,
    store: `if (m < rows_ && n < ${hiddenSize}u) { work[work_ + ${hiddenGradientSlot}u * stride_ + m * ${hiddenSize}u + n] = value; }`,
  });
  return { ...made, columns: tilesOf(hiddenSize) };
}
