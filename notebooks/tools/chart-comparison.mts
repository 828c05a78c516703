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
 * What a drawing may differ from its picture in: another program's letters, edges and widths of
 * legends. A band of seeds that is stacked, or white letters on a white ground, is beyond it; see
 * the tests.
 */
export const tolerance: Difference = { mean: 0.012, patch: 400, ink: 0.25 };

export function isWithin({ mean, patch, ink }: Difference): boolean {
  return mean <= tolerance.mean && patch <= tolerance.patch && ink <= tolerance.ink;
}

/**
 * Side of the squares that are compared, in points: a letter's stem or a line moved by a point
 * changes little in one.
 */
const side = 4;
/** How far a square's mean colour may be off: less than a band's tint is from white. */
const faint = 0.04;

/**
 * How far a plot may lie from where its picture has it, in points: a label that is wider by a little
 * moves all that is beside it.
 */
const reach = { x: 15, y: 9 };

/** Of two pictures of the same size, laid over each other where they fit best. */
export function difference(one: Pixels, other: Pixels): Difference {
  const [a, b] = [summed(one), summed(other)];
  const steps = (middle: number, most: number, step: number) =>
    Array.from({ length: 1 + (2 * most) / step }, (_, i) => middle - most + i * step);
  const best = (dx: number[], dy: number[]) =>
    dx
      .flatMap((x) => dy.map((y) => ({ x, y, ...overlaid(a, b, x, y) })))
      .reduce((least, next) => (next.mean < least.mean ? next : least));
  const coarse = best(steps(0, reach.x, 3), steps(0, reach.y, 3));
  const { off, columns, mean } = best(steps(coarse.x, 2, 1), steps(coarse.y, 2, 1));
  const [least, most] = [darkness(one), darkness(other)].sort((x, y) => x - y);
  const patch = side * side * largest(inner(off, columns), columns);
  return { mean, patch, ink: most === 0 ? 0 : 1 - least / most };
}

/**
 * Sums of colours over all pixels above and to the left, so that any square's mean is four of them.
 */
interface Sums {
  readonly width: number;
  readonly height: number;
  /** [(height + 1) × (width + 1) × 3] */
  readonly sums: Float64Array;
}

function summed({ width, height, rgba }: Pixels): Sums {
  const row = 3 * (width + 1);
  const sums = new Float64Array(row * (height + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const at = row * (y + 1) + 3 * (x + 1) + c;
        sums[at] =
          rgba[4 * (y * width + x) + c] + sums[at - 3] + sums[at - row] - sums[at - row - 3];
      }
  return { width, height, sums };
}

/** The squares' differences with one picture moved to the right and down. */
function overlaid(one: Sums, other: Sums, dx: number, dy: number) {
  const columns = Math.floor((one.width - Math.abs(dx)) / side);
  const rows = Math.floor((one.height - Math.abs(dy)) / side);
  const row = 3 * (one.width + 1);
  const start = (x: number, y: number) => 3 * Math.max(0, x) + row * Math.max(0, y);
  const [a, b] = [start(dx, dy), start(-dx, -dy)];
  const off = new Float32Array(columns * rows);
  for (let i = 0; i < off.length; i++) {
    const at = row * side * Math.floor(i / columns) + 3 * side * (i % columns);
    for (let c = 0; c < 3; c++) {
      const apart = total(one.sums, a + at + c, row) - total(other.sums, b + at + c, row);
      off[i] += Math.abs(apart) / (3 * 255 * side * side);
    }
  }
  return { off, columns, mean: off.reduce((sum, d) => sum + d, 0) / off.length };
}

/** Of the square whose upper left corner is at a place of the sums. */
function total(sums: Float64Array, at: number, row: number): number {
  const below = at + side * row;
  return sums[below + 3 * side] - sums[below] - sums[at + 3 * side] + sums[at];
}

/** How much of it is darker than any tint: what is written. */
function darkness({ rgba }: Pixels): number {
  let sum = 0;
  for (let at = 0; at < rgba.length; at += 4)
    sum += Math.max(0, 160 - (rgba[at] + rgba[at + 1] + rgba[at + 2]) / 3);
  return sum;
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
