import type { Program } from "../../../compile/program.js";
import type { Batch } from "../../../data/batch.js";
import type { Kernel } from "./kernel.js";
import { depth, tile, tiledProduct, vectors } from "./tiled-product.js";

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
  const { model, affines, matrices, peepholes, hiddenSlot, parameters, zeros } = program;
  const { hiddenSize, inputSize, output } = model;
  const offsetOf = (name: string) => parameters.find((p) => p.name === name)?.offset as number;
  const list: WeightGradient[] = [
    {
      factor: "slot",
      left: hiddenSlot,
      right: "readout",
      rows: hiddenSize,
      columns: output.readoutSize,
      weight: offsetOf("W_y"),
      bias: offsetOf("b_y"),
    },
  ];
  for (const { input, bias: at, gradient } of affines) {
    const right = gradient ?? ("nothing" as const);
    const bias = at === zeros?.bias ? none : at;
    const common = { left: 0, right, columns: hiddenSize, bias };
    if (!input && bias === none) continue;
    if (input) list.push({ ...common, factor: "input", rows: inputSize, weight: input.weight });
    else list.push({ ...common, factor: "ones", rows: 0, weight: 0 });
  }
  for (const { weight, source, gradient } of matrices)
    list.push({
      factor: "slot",
      left: source,
      right: gradient,
      rows: hiddenSize,
      columns: hiddenSize,
      weight,
      bias: none,
    });
  for (const { weight, source, gradient } of peepholes)
    list.push({
      factor: "peephole",
      left: source,
      right: gradient,
      rows: 1,
      columns: hiddenSize,
      weight,
      bias: none,
    });
  const covered = new Set([
    ...list.flatMap((g) => [g.factor === "ones" ? -1 : g.weight, g.bias]),
    ...program.outputParameters.map(({ offset }) => offset), // by a kernel of their own
  ]);
  for (const p of [...parameters, ...(zeros ? [zeros] : [])])
    if (!covered.has(p.offset))
      list.push({
        factor: "slot",
        left: 0,
        right: "nothing",
        rows: p.rows,
        columns: p === zeros ? p.width : p.columns,
        weight: p.offset,
        bias: none,
      });
  return list;
}

const rightReadout = none;
const rightNothing = none - 1;

/** Words of the table before the tiles of the weight gradients: slot, matrix and bias of every affine product. */
const tileWords = 8;

/** The tables in the order in which kernels find them: affine products, then the tiles of all weight gradients. */
export function tablesOf(program: Program): {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly tiles: number;
} {
  const { affines } = program;
  const words = affines.flatMap(({ slot, input, bias }) => [slot, input?.weight ?? none, bias]);
  let tiles = 0;
  for (const { factor, left, right, rows, columns, weight, bias } of weightGradientsOf(program)) {
    const rightWord =
      right === "readout" ? rightReadout : right === "nothing" ? rightNothing : right;
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
  const one = (column: string) =>
    `tileA[lid * ${vectors}u + (${column} - m0) / 4u][(${column} - m0) % 4u] = 1.0;`;
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
  let entry = ${affines.length * 3}u + group.x * ${tileWords}u;
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
        input === "sparse"
          ? keys
          : elements(`m < height || (${isBias})`, `1.0; if (m < height) { x[m - m1] = ${dense}; }`)
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
