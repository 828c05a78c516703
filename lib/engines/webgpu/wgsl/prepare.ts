import type { Program } from "../../../compile/program.js";
import { type Kernel, kernel } from "./kernel.js";
import type { WeightLayout } from "./weights.js";

const polynomial = (coefficients: readonly number[]) =>
  coefficients.slice(1).reduce((p, c) => `(${c} + ${p} * x)`, String(coefficients[0]));
const central = polynomial([
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
]);
const tail = polynomial([
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
  0.00943887047, 1.00167406, 2.83297682,
]);

/** random/threefry.ts and random/normal.ts: the same random words; a normal may differ in its last bits. */
const random = `
fn threefry(key0: u32, key1: u32, counter0: u32, counter1: u32) -> vec2<u32> {
  let keys = array<u32, 3>(key0, key1, 0x1bd11bdau ^ key0 ^ key1);
  let rotations = array<u32, 8>(13u, 15u, 26u, 6u, 17u, 29u, 16u, 24u);
  var a = counter0 + key0;
  var b = counter1 + key1;
  for (var group = 0u; group < 5u; group++) {
    for (var i = 0u; i < 4u; i++) {
      let r = rotations[(group % 2u) * 4u + i];
      a = a + b;
      b = ((b << r) | (b >> (32u - r))) ^ a;
    }
    a = a + keys[(group + 1u) % 3u];
    b = b + keys[(group + 2u) % 3u] + group + 1u;
  }
  return vec2<u32>(a, b);
}
fn normalFrom(word: u32) -> f32 {
  let u = f32(i32(2u * (word >> 9u) + 1u) - 8388608) * 1.1920928955078125e-7;
  let w = -logOf((1.0 - u) * (1.0 + u));
  var x = w - 2.5;
  var p = ${central};
  if (w >= 5.0) { x = sqrt(w) - 3.0; p = ${tail}; }
  return p * u * 1.41421356;
}
`;

/** w̃ = w + noise, and the transposed copies. Grid: an invocation for every parameter. */
export function prepareWeights(
  { parameters, parameterFloats }: Program,
  { transposed, floats }: WeightLayout,
  parts: number,
): Kernel {
  const cases = parameters.map(({ offset, rows, columns, stream }, k) => {
    const noise =
      stream < 0
        ? ""
        : `if (noise_ != 0.0) {
      let words = threefry(seed_, update_, row, ${stream * 1048576}u + (column / 32u) * 16u + column % 16u);
      value += noise_ * normalFrom(select(words.x, words.y, (column / 16u) % 2u == 1u));
    }`;
    const copy =
      transposed[k] < 0 ? "" : `weights[w + ${transposed[k]}u + column * ${rows}u + row] = value;`;
    return `if (i < ${offset + rows * columns}u) {
    let row = (i - ${offset}u) / ${columns}u; let column = (i - ${offset}u) % ${columns}u;
    ${noise}
    ${copy}
  }`;
  });
  return kernel({
    name: "weights with noise",
    buffers: { batch: "read", state: "read", weights: "read_write" },
    workgroupSize: 64,
    functions: random,
    body: `
  let i = flat * 64u + lid;
  if (i >= ${parameterFloats}u) { return; }
  let w = slot_ * ${floats}u;
  var value = state[slot_ * ${parts * parameterFloats}u + i];
  ${cases.join(" else ")}
  weights[w + i] = value;`,
  });
}
