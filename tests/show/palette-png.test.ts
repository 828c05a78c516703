import { describe, expect, it } from "vitest";
import { palettePng } from "../../lib/show/palette-png.js";
import { decodePng } from "./png.js";

describe("a PNG with a palette", () => {
  it("holds a picture of up to 256 colours as it is", () => {
    const rgba = new Uint8Array(256 * 4);
    for (let i = 0; i < 256; i++) rgba.set([i, 255 - i, (i * 7) % 256, 255], i * 4);
    expect(decodePng(palettePng(rgba, 32, 8))).toEqual({ width: 32, height: 8, rgba });
  });

  it("keeps the most frequent colours where there are more, and gives the others the nearest of them", () => {
    const frequent = [0x0072b2, 0xd55e00, 0xffffff];
    const rare = Array.from({ length: 1000 }, (_, i) => i << 8); // black to a dark green-blue
    const colours = [...Array.from({ length: 300 }, (_, i) => frequent[i % 3]), ...rare, 0x0172b2];
    const rgba = Uint8Array.from(colours.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255, 255]));
    const decoded = decodePng(palettePng(rgba, colours.length, 1)).rgba;
    const seen = colours.map(
      (_, i) => (decoded[4 * i] << 16) | (decoded[4 * i + 1] << 8) | decoded[4 * i + 2],
    );
    expect(seen.slice(0, 300)).toEqual(colours.slice(0, 300));
    expect(seen.at(-1)).toBe(0x0072b2);
    expect(new Set(seen).size).toBeLessThanOrEqual(256);
  });
});
