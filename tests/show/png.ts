import { inflateSync } from "node:zlib";

/** A decoded 8-bit RGBA PNG. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** [height × width × 4] */
  readonly rgba: Uint8Array;
}

/** Decodes an 8-bit RGBA PNG without interlacing, as resvg writes it (PNG specification, sections 5 and 9). */
export function decodePng(png: Buffer): Pixels {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const raw = inflateSync(Buffer.concat(data));
  const stride = width * 4;
  const rgba = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= 4 ? rgba[y * stride + x - 4] : 0;
      const up = y > 0 ? rgba[(y - 1) * stride + x] : 0;
      const upLeft = x >= 4 && y > 0 ? rgba[(y - 1) * stride + x - 4] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, upLeft)][filter];
      rgba[y * stride + x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, rgba };
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/** Number of pixels in a rectangle for which `test` holds. */
export function countPixels(
  { width, rgba }: Pixels,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  test: (r: number, g: number, b: number) => boolean,
): number {
  let count = 0;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const at = (y * width + x) * 4;
      if (test(rgba[at], rgba[at + 1], rgba[at + 2])) count += 1;
    }
  return count;
}
