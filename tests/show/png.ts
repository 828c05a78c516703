import { crc32, inflateSync } from "node:zlib";

/** A decoded picture. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** [height × width × 4] */
  readonly rgba: Uint8Array;
}

/** Decodes an 8-bit PNG with palette and without filters or interlacing, checking every chunk's CRC (PNG specification). */
export function decodePng(png: Buffer): Pixels {
  const chunks = new Map<string, Buffer[]>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const [type, end] = [png.toString("latin1", at + 4, at + 8), at + 8 + png.readUInt32BE(at)];
    if (crc32(png.subarray(at + 4, end)) !== png.readUInt32BE(end))
      throw new Error(`${type}: wrong CRC`);
    chunks.set(type, [...(chunks.get(type) ?? []), png.subarray(at + 8, end)]);
  }
  const [header] = chunks.get("IHDR") ?? [];
  const [palette] = chunks.get("PLTE") ?? [];
  if (!header || !palette || header[9] !== 3) throw new Error("expected a PNG with a palette");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(Buffer.concat(chunks.get("IDAT") ?? []));
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    if (rows[y * (width + 1)] !== 0) throw new Error("expected rows without filter");
    for (let x = 0; x < width; x++) {
      const colour = rows[y * (width + 1) + 1 + x] * 3;
      rgba.set(
        [palette[colour], palette[colour + 1], palette[colour + 2], 255],
        (y * width + x) * 4,
      );
    }
  }
  return { width, height, rgba };
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
