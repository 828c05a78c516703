import type { Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";
import { tile, tiledProduct } from "./tiled-product.js";
import { none } from "./weight-gradients.js";
import type { WeightLayout } from "./weights.js";

/** A product and how many tiles its columns take. */
interface TiledKernel extends Kernel {
  readonly columns: number;
}

const tilesOf = (size: number) => Math.ceil(size / tile);

/** b + x W for every affine product and all rows at once, x dense. Grid: row tiles × column tiles of every affine. */
export function denseProjection(
  { affines, model }: Program,
  { floats }: WeightLayout,
): TiledKernel {
  const { hiddenSize, inputSize } = model;
  const columns = tilesOf(hiddenSize);
  const count = affines.length;
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
  const reading = affines
    .map(({ input }, k) => (input ? `sum${k} += weights[w + ${input.weight}u + column];` : ""))
    .join(" ");
  return kernel({
    name: "input projection",
    buffers: { batch: "read", weights: "read", work: "read_write" },
    workgroupSize: 64,
    body: `
  let i = flat * 64u + lid;
  if (i >= rows_ * ${hiddenSize}u) { return; }
  let row = i / ${hiddenSize}u; let j = i % ${hiddenSize}u;
  let w = slot_ * ${floats}u;
  ${affines.map(({ bias }, k) => `var sum${k} = weights[w + ${bias}u + j];`).join("\n  ")}
  for (var c = batch[inputOffsets_ + row]; c < batch[inputOffsets_ + row + 1u]; c++) {
    let column = batch[input_ + c] * ${hiddenSize}u + j;
    ${reading}
  }
  ${affines.map(({ slot }, k) => `work[work_ + ${slot}u * stride_ + i] = sum${k};`).join("\n  ")}`,
  });
}

/** y = h W_y + b_y for all rows. Grid: row tiles × column tiles. */
export function readout(
  { model, hiddenSlot, readoutPack, parameters }: Program,
  weights: WeightLayout,
): TiledKernel {
  const { hiddenSize, output } = model;
  const bias = parameters.find(({ name }) => name === "b_y")?.offset as number;
  return rowProduct("readout", weights, readoutPack, {
    inner: hiddenSize,
    columns: output.readoutSize,
    left: `work_ + ${hiddenSlot}u * stride_`,
    into: "readout_",
    value: `value + weights[w + ${bias}u + n]`,
  });
}

/** The readout's gradient with respect to h, for all rows: dy W_yᵀ. Grid: row tiles × column tiles. */
export function hiddenGradient(
  { model, hiddenGradientSlot, readoutBackPack }: Program,
  weights: WeightLayout,
): TiledKernel {
  const { hiddenSize, output } = model;
  return rowProduct("gradient of h", weights, readoutBackPack, {
    inner: output.readoutSize,
    columns: hiddenSize,
    left: "readout_",
    into: `work_ + ${hiddenGradientSlot}u * stride_`,
    value: "value",
  });
}

interface RowProduct {
  readonly inner: number;
  readonly columns: number;
  /** Where the rows [rows, inner] and the results [rows, columns] begin in `work`. */
  readonly left: string;
  readonly into: string;
  readonly value: string;
}

function rowProduct(
  name: string,
  { packs, floats }: WeightLayout,
  pack: number,
  { inner, columns, left, into, value }: RowProduct,
): TiledKernel {
  const { offset, stride } = packs[pack];
  const made = tiledProduct({
    name,
    buffers: { batch: "read", weights: "read", work: "read_write" },
    begin: `
  let m0 = group.x * ${tile}u;
  if (m0 >= rows_) { return; }
  let n0 = group.y * ${tile}u;
  let w = slot_ * ${floats}u;
  let start = 0u; let end = ${inner}u;`,
    a: `work[${left} + m * ${inner}u + k]`,
    insideA: "m < rows_",
    aRunsAlongDepth: true,
    b: `weights[w + ${offset}u + k * ${stride}u + n]`,
    insideB: `n < ${columns}u`,
    store: `if (m < rows_ && n < ${columns}u) { work[${into} + m * ${columns}u + n] = ${value}; }`,
  });
  return { ...made, columns: tilesOf(columns) };
}
