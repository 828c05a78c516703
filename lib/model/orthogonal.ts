import type { Generator as Random } from "../random/generator.js";

/** Multiplications and additions between two yields: some milliseconds. */
const slice = 1 << 24;

/**
 * A random orthogonal [n, n] matrix: Gram–Schmidt, twice for accuracy, on rows of normal numbers, in float64. Yields now and then.
 *
 *   for each row: twice, for each finished row q:  row ← row − (row · q) q;   row ← row / |row|
 *
 * The second pass of a row goes on beside the first of the next, over the same finished rows: two sums that do not wait for each
 * other, to the same bits as one after the other.
 */
export function* orthogonal(n: number, random: Random): Generator<undefined, Float32Array> {
  const draw = () => Float64Array.from({ length: n }, () => random.normal());
  const finished: Float64Array[] = [];
  const matrix = new Float32Array(n * n);
  let row = draw(); // its first pass is over
  let operations = 0;
  for (let i = 0; i < n; i++) {
    const next = i + 1 < n ? draw() : new Float64Array(n);
    for (const q of finished) {
      removeBoth(row, next, q);
      operations += 8 * n;
      if (operations < slice) continue;
      operations = 0;
      yield;
    }
    const norm = Math.sqrt(dot(row, row));
    for (let j = 0; j < n; j++) row[j] /= norm;
    matrix.set(row, i * n);
    finished.push(row);
    remove(next, row);
    row = next;
  }
  return matrix;
}

/** row ← row − (row · q) q, for two rows at once. */
function removeBoth(a: Float64Array, b: Float64Array, q: Float64Array): void {
  let overlapA = 0;
  let overlapB = 0;
  for (let j = 0; j < q.length; j++) {
    overlapA += a[j] * q[j];
    overlapB += b[j] * q[j];
  }
  for (let j = 0; j < q.length; j++) {
    a[j] -= overlapA * q[j];
    b[j] -= overlapB * q[j];
  }
}

function remove(row: Float64Array, q: Float64Array): void {
  const overlap = dot(row, q);
  for (let j = 0; j < q.length; j++) row[j] -= overlap * q[j];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
