import { describe, expect, it } from "vitest";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { toPng, toSvg } from "../../lib/show/picture.js";
import { vegaLiteSchema } from "../../lib/show/spec.js";
import { countPixels, decodePng } from "./png.js";
import { madeUpRecord } from "./records.js";

const chart = learningCurves([madeUpRecord("gru"), madeUpRecord("lstm", { floor: 9 })], {
  x: "epoch",
  title: "A title of some length",
});
const dark = (r: number, g: number, b: number) => r + g + b < 200;

describe("a picture of a chart", () => {
  it("is an SVG with the chart's words in it", async () => {
    const svg = await toSvg(chart);
    expect(svg).toMatch(/^<svg /);
    for (const words of [
      "A title of some length",
      "GRU",
      "LSTM",
      "NLL (nats per step, log scale)",
      "validation",
    ])
      expect(svg).toContain(words);
  });

  it("is a PNG of twice the pixels, with lines in the units' colours", async () => {
    const { bytes, width, height } = await toPng(chart);
    const pixels = decodePng(bytes);
    expect([pixels.width, pixels.height]).toEqual([2 * width, 2 * height]);
    const whole = [0, 0, pixels.width, pixels.height] as const;
    expect(
      countPixels(pixels, whole, (r, g, b) => r === 0x00 && g === 0x72 && b === 0xb2),
    ).toBeGreaterThan(1000);
    expect(
      countPixels(pixels, whole, (r, g, b) => r === 0xd5 && g === 0x5e && b === 0x00),
    ).toBeGreaterThan(1000);
    expect(countPixels(pixels, whole, (r, g, b) => r + g + b === 3 * 255)).toBeGreaterThan(
      0.5 * pixels.width * pixels.height,
    );
  });

  it("has margins as narrow as its words allow", async () => {
    const pixels = decodePng((await toPng(chart, 1)).bytes);
    const inked = (from: number) =>
      countPixels(pixels, [from, 0, pixels.width, pixels.height], (r, g, b) => r + g + b < 600);
    expect(inked(pixels.width - 8)).toBe(0); // the padding
    expect(inked(pixels.width - 16)).toBeGreaterThan(0);
  });

  it("shows its text although no font of the machine is used", async () => {
    const titled = decodePng((await toPng(chart)).bytes);
    const untitled = decodePng((await toPng({ ...chart, title: { text: " " } })).bytes);
    expect(countPixels(titled, [0, 0, 500, 50], dark)).toBeGreaterThan(500);
    expect(countPixels(untitled, [0, 0, 500, 50], dark)).toBe(0);
  });

  it("is refused where vega-lite must guess what was meant", async () => {
    const wrong = {
      $schema: vegaLiteSchema,
      data: { values: [{ x: 1 }] },
      mark: "line",
      encoding: { x: { field: "x", type: "quantitative", scale: { type: "log", zero: true } } },
    } as const;
    await expect(toSvg(wrong)).rejects.toThrow(
      /expected a clean vega-lite specification, got: .*zero/,
    );
  });
});
