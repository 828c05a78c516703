import { crc32, deflateSync } from "node:zlib";

/** What a palette can hold. */
const maxColours = 256;

/**
 * A PNG with a palette (PNG specification, colour type 3): a third of the bytes that resvg's own takes for a chart, which has few
 * colours. That is what a notebook carries in git. Where there are more than 256, the rarest become the nearest of the others.
 * @param rgba [height × width × 4], opaque
 */
export function palettePng(rgba: Uint8Array, width: number, height: number): Buffer {
  const { palette, indices } = indexed(rgba);
  const rows = Buffer.alloc((width + 1) * height); // a row begins with its filter: 0, none
  for (let y = 0; y < height; y++)
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits, palette, deflate, filters by row, not interlaced
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk(
      "PLTE",
      Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    ),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, and every pixel's place among them or next to the nearest of them. */
function indexed(rgba: Uint8Array): {
  readonly palette: readonly number[];
  readonly indices: Uint8Array;
} {
  const pixels = Uint32Array.from(
    { length: rgba.length / 4 },
    (_, i) => (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2],
  );
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = byCount.slice(0, maxColours);
  const places = new Map(
    byCount.map((colour, k) => [colour, k < maxColours ? k : nearest(colour, palette)]),
  );
  return { palette, indices: Uint8Array.from(pixels, (colour) => places.get(colour) as number) };
}

function nearest(colour: number, palette: readonly number[]): number {
  const channel = (c: number, shift: number) => (c >> shift) & 255;
  const distance = (other: number) =>
    [16, 8, 0].reduce(
      (sum, shift) => sum + (channel(colour, shift) - channel(other, shift)) ** 2,
      0,
    );
  return palette.reduce(
    (best, other, k) => (distance(other) < distance(palette[best]) ? k : best),
    0,
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
