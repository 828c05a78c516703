import { type Kernel, type KernelSource, kernel } from "./kernel.js";

/** A workgroup of 64 makes a tile of 32 × 32 results, 4 × 4 each, going through the inner dimension by 16. */
export const tile = 32;
export const depth = 16;
export const vectors = tile / 4;

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

export function tiledProduct({
  begin,
  a,
  insideA,
  b,
  insideB,
  aRunsAlongDepth,
  fillA,
  store,
  ...source
}: TiledProduct): Kernel {
  const [kOfA, mOfA] = aRunsAlongDepth
    ? [`i % ${depth}u`, `i / ${depth}u`]
    : [`i / ${vectors}u`, `i % ${vectors}u`];
  const rows = [0, 1, 2, 3];
  const element = (name: string, inside: string, value: string) =>
    rows
      .map((r) => `{ let ${name} = ${name}1 + ${r}u; if (${inside}) { x[${r}] = ${value}; } }`)
      .join("\n        ");
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
