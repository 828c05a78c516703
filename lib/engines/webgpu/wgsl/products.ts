import type { Program } from "../../../compile/program.js";
import type { Batch } from "../../../data/batch.js";
import { type Kernel, type KernelSource, kernel } from "./kernel.js";
import type { WeightLayout } from "./weights.js";

/** A workgroup of 64 makes a tile of 32 × 32 results, 4 × 4 each, going through the inner dimension by 16. */
export const tile = 32;
const depth = 16;
const vectors = tile / 4;

interface TiledProduct extends Omit<KernelSource, "workgroupSize" | "body" | "shared"> {
  /** Sets m0, n0 (the tile's first row and column), start and end (of the inner dimension). */
  readonly begin: string;
  /** Expressions for factors at (k, m) and (k, n), read only where `insideA`, `insideB` hold. */
  readonly a: string;
  readonly insideA: string;
  readonly b: string;
  readonly insideB: string;
  /** Whether a's elements that lie side by side in memory differ in k rather than in m. */
  readonly aRunsAlongDepth: boolean;
  /** Fills the tile of a in another way than by its elements. */
  readonly fillA?: (elements: (inside: string, value: string) => string) => string;
  /** What is done with `value` at (m, n). */
  readonly store: string;
}

function tiledProduct({ begin, a, insideA, b, insideB, aRunsAlongDepth, fillA, store, ...source }: TiledProduct): Kernel {
  const [kOfA, mOfA] = aRunsAlongDepth ? [`i % ${depth}u`, `i / ${depth}u`] : [`i / ${vectors}u`, `i % ${vectors}u`];
  const rows = [0, 1, 2, 3];
  const element = (name: string, inside: string, value: string) =>
    rows.map((r) => `{ let ${name} = ${name}1 + ${r}u; if (${inside}) { x[${r}] = ${value}; } }`).join("\n        ");
  const loadA = (inside: string, value: string) => `
    for (var i = lid; i < ${depth * vectors}u; i += 64u) {
      let kk = ${kOfA}; let mm = ${mOfA}; let k = k0 + kk; let m1 = m0 + 4u * mm;
      var x = vec4<f32>();
      if (k < end) {
        ${element("m", inside, value)}
      }
      tileA[kk * ${vectors}u + mm] = x;
    }`;
  return kernel({
    ...source,
    workgroupSize: 64,
    vectors: { tileA: depth * vectors, tileB: depth * vectors },
    body: `
${begin}
  let mine = lid / 8u; let across = lid % 8u;
  ${rows.map((r) => `var sum${r} = vec4<f32>();`).join(" ")}
  for (var k0 = start; k0 < end; k0 += ${depth}u) {
    ${fillA ? fillA(loadA) : loadA(insideA, a)}
    for (var i = lid; i < ${depth * vectors}u; i += 64u) {
      let k = k0 + i / ${vectors}u; let n1 = n0 + 4u * (i % ${vectors}u);
      var x = vec4<f32>();
      if (k < end) {
        ${element("n", insideB, b)}
      }
      tileB[i] = x;
    }
    workgroupBarrier();
    for (var kk = 0u; kk < ${depth}u; kk++) {
      let left = tileA[kk * ${vectors}u + mine]; let right = tileB[kk * ${vectors}u + across];
      ${rows.map((r) => `sum${r} += left[${r}] * right;`).join(" ")}
    }
    workgroupBarrier();
  }
  let sums = array<vec4<f32>, 4>(${rows.map((r) => `sum${r}`).join(", ")});
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let m = m0 + 4u * mine + i; let n = n0 + 4u * across + j; let value = sums[i][j];
      ${store}
    }
  }`,
  });
}

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

/** No matrix, no bias: in tables of offsets. */
export const none = 0xffffffff;

/** What the left factor of a weight gradient is; ones: no matrix, only the bias that goes with it. */
const factors = { slot: 0, input: 1, ones: 2, peephole: 3 } as const;

interface WeightGradient {
  readonly factor: keyof typeof factors;
  /** Sequence slots; no left: the input. The readout's gradient is no slot. */
  readonly left: number;
  readonly right: number | "readout" | "nothing";
  readonly rows: number;
  readonly columns: number;
  readonly weight: number;
  readonly bias: number;
}

function weightGradientsOf(program: Program): WeightGradient[] {
  const { model, affines, matrices, peepholes, hiddenSlot, parameters } = program;
  const { hiddenSize, inputSize, output } = model;
  const [weight, bias] = parameters.slice(-2).map((p) => p.offset);
  const list: WeightGradient[] = [
    { factor: "slot", left: hiddenSlot, right: "readout", rows: hiddenSize, columns: output.readoutSize, weight, bias },
  ];
  const triples = (table: Int32Array) => Array.from({ length: table.length / 3 }, (_, k) => table.subarray(3 * k, 3 * k + 3));
  for (let k = 0; k < affines.length; k += 5) {
    const [, input, , offset, gradient] = affines.subarray(k, k + 5);
    const right = gradient < 0 ? ("nothing" as const) : gradient;
    const common = { left: 0, right, columns: hiddenSize, bias: offset };
    if (input >= 0) list.push({ ...common, factor: "input", rows: inputSize, weight: input });
    else list.push({ ...common, factor: "ones", rows: 0, weight: 0 });
  }
  for (const [offset, left, right] of triples(matrices))
    list.push({ factor: "slot", left, right, rows: hiddenSize, columns: hiddenSize, weight: offset, bias: none });
  for (const [offset, left, right] of triples(peepholes))
    list.push({ factor: "peephole", left, right, rows: 1, columns: hiddenSize, weight: offset, bias: none });
  const covered = new Set(list.flatMap((g) => [g.factor === "ones" ? -1 : g.weight, g.bias]));
  for (const p of parameters)
    if (!covered.has(p.offset))
      list.push({ factor: "slot", left: 0, right: "nothing", rows: p.rows, columns: p.columns, weight: p.offset, bias: none });
  return list;
}

const rightReadout = none;
const rightNothing = none - 1;

/** Words of the table before the tiles of the weight gradients: slot, matrix and bias of every affine product. */
const tileWords = 8;

/** The tables in the order in which kernels find them: affine products, then the tiles of all weight gradients. */
export function tablesOf(program: Program): { readonly words: Uint32Array<ArrayBuffer>; readonly tiles: number } {
  const { affines } = program;
  const words: number[] = [];
  for (let k = 0; k < affines.length; k += 5) words.push(affines[k], affines[k + 1] < 0 ? none : affines[k + 1], affines[k + 3]);
  let tiles = 0;
  for (const { factor, left, right, rows, columns, weight, bias } of weightGradientsOf(program)) {
    const rightWord = right === "readout" ? rightReadout : right === "nothing" ? rightNothing : right;
    const height = rows + (bias === none ? 0 : 1);
    for (let m0 = 0; m0 < height; m0 += tile)
      for (let n0 = 0; n0 < columns; n0 += tile) {
        words.push(factors[factor] + 4 * columns, left, rightWord, rows, weight, bias, m0, n0);
        tiles += 1;
      }
  }
  return { words: Uint32Array.from(words), tiles };
}

/**
 * All weight gradients: products over all rows, which are split into chunks; a bias is one more row of the left factor, all ones.
 * Grid: tiles × chunks.
 */
export function weightGradients(program: Program, input: Batch["input"]["kind"]): Kernel {
  const { model, affines, parameterFloats } = program;
  const { hiddenSize, inputSize } = model;
  const left = `work[work_ + left * stride_ + k * ${hiddenSize}u + m]`;
  const dense = `bitcast<f32>(batch[input_ + k * ${inputSize}u + m])`;
  const isBias = `m == height && bias != ${none}u`;
  const one = (column: string) => `tileA[lid * ${vectors}u + (${column} - m0) / 4u][(${column} - m0) % 4u] = 1.0;`;
  const keys = `
      for (var i = lid; i < ${depth * vectors}u; i += 64u) { tileA[i] = vec4<f32>(); }
      workgroupBarrier();
      if (lid < ${depth}u && k0 + lid < end) {
        for (var c = batch[inputOffsets_ + k0 + lid]; c < batch[inputOffsets_ + k0 + lid + 1u]; c++) {
          let m = batch[input_ + c];
          if (m >= m0 && m < m0 + ${tile}u) { ${one("m")} }
        }
        if (bias != ${none}u && height >= m0 && height < m0 + ${tile}u) { ${one("height")} }
      }`;
  const functions = `
fn rightAt(work_: u32, stride_: u32, readout_: u32, right: u32, columns: u32, k: u32, n: u32) -> f32 {
  if (right == ${rightNothing}u) { return 0.0; }
  return work[select(work_ + right * stride_, readout_, right == ${rightReadout}u) + k * columns + n];
}`;
  return tiledProduct({
    name: "weight gradients",
    buffers: { batch: "read", tables: "read", work: "read_write" },
    functions,
    begin: `
  let entry = ${(affines.length / 5) * 3}u + group.x * ${tileWords}u;
  let kind = tables[entry] & 3u; let columns = tables[entry] >> 2u;
  let left = tables[entry + 1u]; let right = tables[entry + 2u];
  let height = tables[entry + 3u]; let weight = tables[entry + 4u]; let bias = tables[entry + 5u];
  let m0 = tables[entry + 6u]; let n0 = tables[entry + 7u];
  if (group.y >= splits_) { return; }
  let start = group.y * chunk_; let end = min(rows_, start + chunk_);
  let partial = partials_ + group.y * ${parameterFloats}u;
  if (kind == ${factors.peephole}u) {
    let n = n0 + lid;
    if (lid < ${tile}u && n < columns) {
      var total = 0.0;
      for (var k = start; k < end; k++) {
        total += work[work_ + left * stride_ + k * ${hiddenSize}u + n] * rightAt(work_, stride_, readout_, right, columns, k, n);
      }
      work[partial + weight + n] = total;
    }
    return;
  }`,
    a: "",
    insideA: "",
    aRunsAlongDepth: false,
    fillA: (elements) =>
      `if (kind == ${factors.input}u) { ${
        input === "sparse" ? keys : elements(`m < height || (${isBias})`, `1.0; if (m < height) { x[m - m1] = ${dense}; }`)
      } } else { ${elements(`m < height || (${isBias})`, `1.0; if (m < height) { x[m - m1] = ${left}; }`)} }`,
    b: "rightAt(work_, stride_, readout_, right, columns, k, n)",
    insideB: "n < columns",
    store: `
      if (n < columns) {
        if (m < height) { work[partial + weight + m * columns + n] = value; }
        else if (m == height && bias != ${none}u) { work[partial + bias + n] = value; }
      }`,
  });
}
