/** Pixels row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** [height × width × 4], 0 … 255 */
  readonly rgba: Uint8Array;
}

/** How far a chart is from its picture, letters left out of account as far as they can be. */
export interface Difference {
  /** Mean absolute difference of the colours, 0 … 1. */
  readonly mean: number;
  /** The largest patch in which the two differ throughout, in square points. */
  readonly patch: number;
  /** By which share one of the two has less dark in it, 0 … 1: letters, axes. */
  readonly ink: number;
}

/**
 * What a drawing may differ from its picture in: another program's letters, edges and widths of legends. A band of seeds
 * that is stacked, or white letters on a white ground, is beyond it; see the tests.
 */
export const tolerance: Difference = { mean: 0.012, patch: 600, ink: 0.4 };

export function isWithin({ mean, patch, ink }: Difference): boolean {
  return mean <= tolerance.mean && patch <= tolerance.patch && ink <= tolerance.ink;
}

/** Side of the squares that are compared, in points: a letter's stem or a line moved by a point changes little in one. */
const side = 4;
/** How far a square's mean colour may be off: less than a band's tint is from white. */
const faint = 0.04;

/** How far a drawing as a whole may lie from where its picture has it, in points: axis labels are wider or narrower. */
const reach = 12;

/** Of two pictures of the same size, laid over each other where they fit best. */
export function difference(one: Pixels, other: Pixels): Difference {
  const at = (dx: number, dy: number) => ({ dx, dy, ...overlaid(one, other, dx, dy) });
  const steps = (middle: number, most: number, step: number) =>
    Array.from({ length: 1 + (2 * most) / step }, (_, i) => middle - most + i * step);
  const best = (dx: number[], dy: number[]) =>
    dx.flatMap((x) => dy.map((y) => at(x, y))).reduce((a, b) => (b.mean < a.mean ? b : a));
  const coarse = best(steps(0, reach, 3), steps(0, reach, 3));
  const { off, columns, mean } = best(steps(coarse.dx, 2, 1), steps(coarse.dy, 2, 1));
  const marked = inner(off, columns);
  const [least, most] = [darkness(one), darkness(other)].sort((a, b) => a - b);
  const ink = most === 0 ? 0 : 1 - least / most;
  return { mean, patch: side * side * largest(marked, columns), ink };
}

/** How much of it is darker than any tint: what is written. */
function darkness({ rgba }: Pixels): number {
  let sum = 0;
  for (let at = 0; at < rgba.length; at += 4)
    sum += Math.max(0, 160 - (rgba[at] + rgba[at + 1] + rgba[at + 2]) / 3);
  return sum;
}

/** The squares' differences with one picture moved to the right and down. */
function overlaid(one: Pixels, other: Pixels, dx: number, dy: number) {
  const columns = Math.floor((one.width - Math.abs(dx)) / side);
  const rows = Math.floor((one.height - Math.abs(dy)) / side);
  const a = squares(one, [Math.max(0, dx), Math.max(0, dy)], columns, rows);
  const b = squares(other, [Math.max(0, -dx), Math.max(0, -dy)], columns, rows);
  const off = Float32Array.from({ length: columns * rows }, (_, i) =>
    [0, 1, 2].reduce((sum, c) => sum + Math.abs(a[3 * i + c] - b[3 * i + c]) / (3 * 255), 0),
  );
  return { off, columns, mean: off.reduce((sum, d) => sum + d, 0) / off.length };
}

/** Mean colours from a place on. [rows × columns × 3] */
function squares(
  { width, rgba }: Pixels,
  [x0, y0]: readonly [number, number],
  columns: number,
  rows: number,
): Float32Array {
  const means = new Float32Array(columns * rows * 3);
  for (let y = 0; y < rows * side; y++)
    for (let x = 0; x < columns * side; x++) {
      const from = 4 * ((y + y0) * width + x + x0);
      const to = 3 * (Math.floor(y / side) * columns + Math.floor(x / side));
      for (let c = 0; c < 3; c++) means[to + c] += rgba[from + c] / side ** 2;
    }
  return means;
}

/** The squares that differ with all of their neighbours: lines and words have none. */
function inner(off: Float32Array, columns: number): boolean[] {
  const rows = off.length / columns;
  const differs = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < columns && y < rows && off[y * columns + x] > faint;
  const around = [-1, 0, 1];
  return Array.from(off, (_, i) =>
    around.every((dy) =>
      around.every((dx) => differs((i % columns) + dx, Math.floor(i / columns) + dy)),
    ),
  );
}

/** The number of squares in the largest patch that hangs together by their sides. */
function largest(marked: readonly boolean[], columns: number): number {
  const seen = new Uint8Array(marked.length);
  let most = 0;
  for (let start = 0; start < marked.length; start++) {
    const patch = marked[start] && !seen[start] ? [start] : [];
    seen[start] = 1;
    for (const at of patch) {
      const x = at % columns;
      const beside = [x > 0 ? at - 1 : -1, x < columns - 1 ? at + 1 : -1];
      for (const next of [...beside, at - columns, at + columns])
        if (marked[next] && !seen[next]) {
          seen[next] = 1;
          patch.push(next);
        }
    }
    most = Math.max(most, patch.length);
  }
  return most;
}
