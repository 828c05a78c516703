import { describe, expect, it } from "vitest";
import { pianoRoll } from "../../lib/data/piano-roll.js";
import type { Trace } from "../../lib/engines/engine.js";
import { gatePicture } from "../../lib/show/gate-picture.js";
import { listeningPicture } from "../../lib/show/listening-picture.js";
import { svgToPng, toSvg } from "../../lib/show/picture.js";
import type { VegaLiteSpec } from "../../lib/show/spec.js";
import { decodePng } from "./png.js";

type Layer = { data: { values: Record<string, number | string>[] } };
const layers = (spec: VegaLiteSpec | object) => (spec as { layer: Layer[] }).layer;

/** Two units over some steps: the first opens, the second closes. */
function made(steps: number): Trace {
  const z = Float32Array.from({ length: 2 * steps }, (_, i) => (i % 2 === 0 ? 1 : 0));
  return { hiddenSize: 2, values: new Map([["z", z]]) };
}

describe("a picture of a network that listens", () => {
  const piece = pianoRoll([[60], [62], [64, 67]], "three steps");

  it("has the piece, all units, the unit that is followed, and the surprise, on one time axis", async () => {
    const spec = listeningPicture(piece, made(2), [1.5, 2.5], { gate: "z", unit: 1 });
    const [roll, gates, unit, paid] = spec.vconcat as (Layer & { layer: Layer[] })[];
    expect(roll.data.values.map(({ note, start }) => [note, start])).toEqual([
      [60, 0],
      [62, 1],
      [64, 2],
      [67, 2],
    ]);
    expect(gates.layer[0].data.values.map(({ value }) => value)).toEqual([1, 0, 1, 0, 0, 0]);
    expect(gates.layer[1].data.values).toEqual([{ row: 1.5 }]); // unit 1 is the second row
    expect(unit.data.values).toEqual([
      { step: 0.5, value: 0 },
      { step: 1.5, value: 0 },
    ]);
    // the first step is heard and not predicted: what is paid begins above the second
    expect(paid.data.values).toEqual([
      { step: 1, end: 2, nats: 1.5 },
      { step: 2, end: 3, nats: 2.5 },
    ]);
    const domains = [
      ...JSON.stringify(spec).matchAll(/"field":"(?:start|step)"[^}]*?"domain":(\[[^\]]*\])/g),
    ];
    expect(new Set(domains.map(([, domain]) => domain))).toEqual(new Set(["[0,3]"]));
    expect(await toSvg(spec)).toContain("nats paid");
  });

  it("refuses another piece's trace, and units that are not there", () => {
    const how = { gate: "z", unit: 0 };
    expect(() => listeningPicture(piece, made(3), [1, 2], how)).toThrow(
      "a trace and a surprise of 2 steps, got 3 and 2",
    );
    expect(() => listeningPicture(piece, made(2), [1], how)).toThrow("2 steps, got 2 and 1");
    expect(() => listeningPicture(piece, made(2), [1, 2], { gate: "z", unit: 2 })).toThrow(
      "a unit from 0 to 1, got 2",
    );
    expect(() => listeningPicture(piece, made(2), [1, 2], { gate: "q", unit: 0 })).toThrow(
      "expected one of z, got q",
    );
  });
});

describe("gates of a long piece", () => {
  it("are a picture in the chart, whole, in the colours of the rectangles", async () => {
    const spec = gatePicture(made(1500), "z");
    const [image] = layers(spec);
    const url = String(image.data.values[0].url);
    const { width, height, rgba } = decodePng(Buffer.from(url.split(",")[1], "base64"));
    const at = (x: number, y: number) => [
      ...rgba.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
    ];
    for (const x of [0, width >> 1, width - 1]) {
      expect(at(x, 0)).toEqual([0, 114, 178]); // the unit that is open
      expect(at(x, height - 1)).toEqual([255, 255, 255]);
    }
    // drawn where it belongs: the same colours in the chart's own pixels
    const png = svgToPng(await toSvg(spec), 1);
    const drawn = decodePng(png.bytes);
    const blue = drawn.rgba.filter(
      (v, i) => i % 4 === 0 && v === 0 && drawn.rgba[i + 1] === 114 && drawn.rgba[i + 2] === 178,
    ).length;
    expect(blue).toBeGreaterThan(1000);
  });

  it("end where they are told to", () => {
    const cells = layers(gatePicture(made(1500), "z", { steps: 3 }))[0].data.values;
    expect(cells).toHaveLength(6);
  });
});
