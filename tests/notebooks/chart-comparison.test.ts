import { describe, expect, it } from "vitest";
import { learningCurves } from "../../lib/show/learning-curves.js";
import { toPng } from "../../lib/show/picture.js";
import type { VegaLiteSpec } from "../../lib/show/spec.js";
import { difference, isWithin, type Pixels } from "../../notebooks/tools/chart-comparison.mts";
import { decodePng } from "../show/png.js";
import { madeUpRecord } from "../show/records.js";

const runs = (["tanh", "gru", "lstm"] as const).flatMap((cell) =>
  [1, 2, 3].map((seed) => madeUpRecord(cell, { seed, start: 10 + 4 * seed })),
);
const spec = learningCurves(runs, { x: "epoch" });

async function drawn(chart: VegaLiteSpec): Promise<Pixels> {
  return decodePng((await toPng(chart, 1)).bytes);
}

/** A chart whose every property of these names has another value. */
function changed(chart: VegaLiteSpec, names: string | string[], value: unknown): VegaLiteSpec {
  const text = JSON.stringify(chart, (key, old) => ([names].flat().includes(key) ? value : old));
  return JSON.parse(text) as VegaLiteSpec;
}

/** The picture moved to the right and down, on white. */
function moved({ width, height, rgba }: Pixels, dx: number, dy: number): Pixels {
  const to = new Uint8Array(rgba.length).fill(255);
  for (let y = dy; y < height; y++)
    to.set(
      rgba.subarray(4 * (y - dy) * width, 4 * ((y - dy + 1) * width - dx)),
      4 * (y * width + dx),
    );
  return { width, height, rgba: to };
}

describe("a chart beside its picture", () => {
  it("differs in nothing from itself, nor where it lies a few points beside it", async () => {
    const picture = await drawn(spec);
    expect(difference(picture, picture)).toEqual({ mean: 0, patch: 0, ink: 0 });
    const { mean, patch } = difference(picture, moved(picture, 7, 3));
    expect(mean).toBeLessThan(0.001);
    expect(patch).toBe(0);
  });

  it("is within the tolerance with lines that are a little thicker", async () => {
    const thicker = changed(spec, "strokeWidth", 2.2);
    expect(isWithin(difference(await drawn(spec), await drawn(thicker)))).toBe(true);
  });

  it.each([
    ["its bands stacked, as some versions of vega-lite do", changed(spec, "stack", "zero")],
    ["no bands", { ...spec, layer: (spec.layer as unknown[]).slice(1) }],
    [
      "its letters white on white",
      changed(spec, ["labelColor", "titleColor", "subtitleColor"], "white"),
    ],
    ["a dark ground", changed(spec, "background", "#111111")],
  ])("is beyond the tolerance with %s", async (_case, wrong) => {
    const [picture, other] = [await drawn(spec), await drawn(wrong as VegaLiteSpec)];
    const [width, height] = [
      Math.min(picture.width, other.width),
      Math.min(picture.height, other.height),
    ];
    const found = difference(cut(picture, width, height), cut(other, width, height));
    expect(isWithin(found), JSON.stringify(found)).toBe(false);
  });
});

function cut({ width, rgba }: Pixels, columns: number, rows: number): Pixels {
  const kept = new Uint8Array(4 * columns * rows);
  for (let y = 0; y < rows; y++)
    kept.set(rgba.subarray(4 * y * width, 4 * (y * width + columns)), 4 * y * columns);
  return { width: columns, height: rows, rgba: kept };
}
