import { threefry } from "./threefry.js";

const f = Math.fround;
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * A standard normal number from 32 random bits, in single precision throughout: √2 · erfinv(u), u uniform on (−1, 1), by
 * the polynomials of Giles (2010, "Approximating the erfinv function"), as JAX draws its normals. Every operation is one
 * IEEE single-precision operation in a fixed order and without fused multiply-add, so that the native engine's C
 * (engines/native) gives the same bits.
 */
export function normalFromBits(word: number): number {
  const x = f(f(2 * (word >>> 9) + 1 - 8388608) * f(2 ** -23)); // odd multiples of 2^−23: exact, never ±1
  const w = f(-logf(f(f(1 - x) * f(1 + x))));
  let p: number;
  if (w < 5) p = polynomial(f(w - 2.5), central);
  else p = polynomial(f(f(Math.sqrt(w)) - 3), tail);
  return f(f(p * x) * f(Math.SQRT2));
}

const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
].map(f);
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
  0.00943887047, 1.00167406, 2.83297682,
].map(f);

function polynomial(x: number, coefficients: readonly number[]): number {
  let p = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) p = f(coefficients[i] + f(p * x));
  return p;
}

const logCoefficients = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);

/** Natural logarithm of a normal positive float, by the single-precision polynomial of Cephes (`logf`). */
function logf(value: number): number {
  float[0] = value;
  let exponent = (bits[0] >> 23) - 126;
  bits[0] = (bits[0] & 0x007fffff) | 0x3f000000; // mantissa in [0.5, 1)
  let m = float[0];
  if (m < f(Math.SQRT1_2)) {
    exponent -= 1;
    m = f(m + m);
  }
  const x = f(m - 1);
  const square = f(x * x);
  let y = f(f(polynomial(x, logCoefficients) * x) * square);
  const e = f(exponent);
  y = f(y + f(e * f(-2.1219444e-4)));
  y = f(y - f(0.5 * square));
  return f(f(x + y) + f(e * f(0.693359375)));
}

const words = new Uint32Array(2);

/**
 * Weight noise for a [rows, columns] matrix: standard normal numbers as a pure function of (seed, update, stream, row,
 * column). Columns go in blocks of 32: the counter's two words give columns j and j + 16 of a block, for j < 16, so that
 * vectors of up to 16 lanes are filled in order.
 *
 * key = (seed, update), counter = (row, stream · 2^20 + 16 · ⌊column / 32⌋ + column mod 16), word ⌊column / 16⌋ mod 2.
 */
export function normalMatrix(
  seed: number,
  update: number,
  stream: number,
  rows: number,
  columns: number,
): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let block = 0; block * 32 < columns; block++)
      for (let lane = 0; lane < 16; lane++) {
        const j = block * 32 + lane;
        if (j >= columns) break;
        threefry(seed, update, i, stream * 1048576 + block * 16 + lane, words);
        out[i * columns + j] = normalFromBits(words[0]);
        if (j + 16 < columns) out[i * columns + j + 16] = normalFromBits(words[1]);
      }
  return out;
}
