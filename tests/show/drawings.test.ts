import { describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { paperCells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { GatedRnnError } from "../../lib/errors.js";
import { blindPlayers, levelled, players } from "../../lib/show/audio.js";
import { cellDiagram } from "../../lib/show/cell-diagram.js";
import { gainsPicture } from "../../lib/show/gains-picture.js";
import { gatePicture } from "../../lib/show/gate-picture.js";
import { gradientFlowPicture } from "../../lib/show/gradient-flow-picture.js";
import { svgToPng, toSvg } from "../../lib/show/picture.js";
import { sizePicture } from "../../lib/show/size-picture.js";
import { spectrogramPicture, waveformPicture } from "../../lib/show/sound-pictures.js";
import type { VegaLiteSpec } from "../../lib/show/spec.js";
import { everyOp } from "../oracle/cells.js";

const valuesOf = (spec: VegaLiteSpec) => (spec.data as { values: Record<string, number>[] }).values;
const cellsOf = (spec: VegaLiteSpec) => valuesOf((spec.layer as VegaLiteSpec[])[0]);
const letters = (svg: string) =>
  [...svg.matchAll(/<text[^>]*>([^<]*)(?:<tspan[^>]*>([^<]*)<\/tspan>)?/g)].map(([, a, b]) =>
    b ? `${a}_${b}` : a,
  );
const dots = (svg: string) => svg.match(/<circle/g)?.length ?? 0;

describe("a cell's diagram", () => {
  it("has the GRU's gates, matrices and operations, and nothing else", () => {
    const svg = cellDiagram(gru);
    expect(letters(svg).sort()).toEqual(
      [
        "x_t",
        "h_t − 1",
        "r_t",
        "z_t",
        "c_t",
        "h_t",
        "σ",
        "σ",
        "tanh",
        "1 −",
        "+",
        "W_r",
        "U_r",
        "W_z",
        "U_z",
        "W_c",
        "U_c",
      ].sort(),
    );
    expect(dots(svg)).toBe(3); // r ⊙ h, (1 − z) ⊙ h, z ⊙ c
    expect(svg.match(/marker-end/g)).toHaveLength(6 + 2 + 1 + 2 + 2 + 2 + 1); // matrices, reset, 1 −, keep, write, sum, result
  });

  it("gives a page each gate and state by its name in traces", () => {
    const names = (svg: string) => [...svg.matchAll(/<g data-value="([^"]+)"/g)].map(([, n]) => n);
    expect(names(cellDiagram(gru)).sort()).toEqual(["c", "h", "h", "r", "z"]);
    expect(new Set(names(cellDiagram(lstm)))).toEqual(
      new Set(lstm.graph.named.map(({ name }) => name)),
    );
  });

  it("draws the LSTM's peepholes dashed, each to its gate", () => {
    const svg = cellDiagram(lstm);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(3);
    for (const name of ["V_i", "V_f", "V_o", "c_t", "h_t"]) expect(letters(svg)).toContain(name);
  });

  it("is refused for a cell that no page could show", () => {
    const long = cell("long", ({ input: x, hidden: h, affine, tanh }) => {
      let value = affine("a", x, h);
      for (let k = 3; k < 1000; k++) value = tanh(value);
      return { h: value };
    });
    const error = /^diagram of long: expected at most 500 values and arrows, got \d+; latex\(\)/;
    expect(() => cellDiagram(long)).toThrow(error);
    expect(() => cellDiagram(stack(...new Array(200).fill(gru)))).toThrow(/expected at most 500/);
    expect(cellDiagram(stack(...new Array(8).fill(gru)))).toContain("</svg>");
  });

  it("draws any cell, as a picture that is no empty sheet", () => {
    for (const drawn of [
      everyOp,
      cell("plain", ({ input, affine }) => ({ h: affine("h", input) })),
    ]) {
      const { bytes, width, height } = svgToPng(cellDiagram(drawn));
      expect(bytes.length).toBeGreaterThan(500);
      expect(width * height).toBeGreaterThan(1000);
    }
  });
});

describe("pictures of sound", () => {
  const rate = 8000;
  const tone = Float32Array.from(
    { length: rate },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 1062.5 * i) / rate),
  ); // the middle of band 8

  it("a waveform keeps the lowest and the highest of each stretch, within 2,000 points", async () => {
    const click = new Float32Array(rate);
    click[4003] = 0.9;
    const spec = waveformPicture(click, { title: "click", sampleRateHz: rate });
    expect(valuesOf(spec).length).toBeLessThanOrEqual(1000);
    expect(valuesOf(spec).filter(({ high }) => high > 0.5)).toHaveLength(1);
    expect(await toSvg(spec)).toContain("time (seconds)");
    expect(() => waveformPicture(new Float32Array(0), { title: "", sampleRateHz: rate })).toThrow(
      GatedRnnError,
    );
  });

  it("a spectrogram shows a tone in its band and nowhere else, within 2,000 points", async () => {
    const spec = spectrogramPicture(tone, { title: "tone", sampleRateHz: rate });
    const values = valuesOf(spec);
    expect(values.length).toBeLessThanOrEqual(2000);
    for (const { low, high, decibels } of values) {
      if (low <= 1062.5 && high > 1062.5) expect(decibels).toBeGreaterThan(-2);
      else if (Math.abs(low - 1000) > 500) expect(decibels).toBeLessThan(-40);
    }
    expect(await toSvg(spec)).toContain("frequency (Hz)");
    expect(() => spectrogramPicture(tone.slice(0, 63), { title: "", sampleRateHz: rate })).toThrow(
      "expected at least 64 samples, got 63",
    );
  });
});

describe("gates", () => {
  const trace = {
    hiddenSize: 2,
    values: new Map([
      ["z", Float32Array.of(0.1, 0.9, 0.2, 0.8)],
      ["h", Float32Array.of(-3, 1, 2, 0)],
    ]),
  };

  it("are sorted by the gate that is named, largest mean first, and states keep their sign", async () => {
    const z = gatePicture(trace, "z");
    expect(cellsOf(z).map(({ step, unit, value }) => [step, unit, value])).toEqual([
      [0, 0, 0.9],
      [0, 1, 0.1],
      [1, 0, 0.8],
      [1, 1, 0.2],
    ]);
    const h = gatePicture(trace, "h", { sortBy: "z" });
    expect(cellsOf(h).map(({ value }) => value)).toEqual([1, -3, 0, 2]);
    expect(JSON.stringify(h)).toContain('"domain":[-3,0,3]');
    expect(await toSvg(z)).toContain("time (steps)");
    expect(() => gatePicture(trace, "q")).toThrow("expected one of z, h, got q");
  });
});

it("the flow of a gradient is drawn by cell and moment", async () => {
  const spec = gradientFlowPicture([
    { cell: "gru", when: "before", shares: [1, 0.1] },
    { cell: "gru", when: "after", shares: [1, 0] },
  ]);
  expect(valuesOf(spec).map(({ share }) => share)).toEqual([1, 0.1, 1, 1e-12]);
  expect(await toSvg(spec)).toContain("steps back, k");
});

it("sizes are drawn for every cell", async () => {
  const spec = sizePicture(paperCells, { inputSize: 20, budget: 1000, hiddenSize: 30 });
  expect(valuesOf(spec)).toHaveLength(90);
  expect(valuesOf(spec)[9]).toMatchObject({ hiddenSize: 10, parameters: 10 * (20 + 10 + 1) });
  expect(await toSvg(spec)).toContain("hidden units");
});

it("gains are bars by way, a panel for each set, in the order given", async () => {
  const spec = gainsPicture(
    [
      { way: "padding", data: "B", nats: 2 },
      { way: "seed", data: "A", nats: 0.03 },
    ],
    "gains",
  );
  expect(valuesOf(spec).map(({ nats }) => nats)).toEqual([2, 0.03]);
  expect(JSON.stringify(spec)).toContain('"sort":["B","A"]');
  expect(await toSvg(spec)).toContain("padding");
});

describe("players", () => {
  const sounds = ["one", "two", "three"].map((title, i) => ({
    title,
    samples: Float32Array.of(0, 0.25, ...new Array<number>(i).fill(0)),
    sampleRateHz: 8000,
  }));

  it("hold their sound, and a name that cannot break the page", () => {
    const html = players([{ ...sounds[0], title: "<b>" }]);
    expect(html).toContain("&lt;b&gt;");
    const data = Buffer.from(/base64,([^"]+)/.exec(html)?.[1] ?? "", "base64");
    expect(data.subarray(0, 4).toString()).toBe("RIFF");
    expect(data.readInt16LE(46)).toBe(Math.round(0.08 * Math.SQRT2 * 32767)); // 0, x: x / √2 is 0.08
    expect(html).toContain('aria-label="&lt;b&gt;"');
    expect(() => players([{ ...sounds[0], samples: new Float32Array(8000 * 31) }])).toThrow(
      "expected at most 30 s, got 31.0 s",
    );
  });

  it("are equally loud, as far as peaks allow, and leave silence alone", () => {
    const rms = (samples: Float32Array) =>
      Math.sqrt(samples.reduce((sum, v) => sum + v * v, 0) / samples.length);
    const tone = (loud: number) => Float32Array.from({ length: 800 }, (_, i) => loud * Math.sin(i));
    expect(rms(levelled(tone(0.004)))).toBeCloseTo(0.08, 5);
    expect(rms(levelled(tone(0.9)))).toBeCloseTo(0.08, 5);
    const click = new Float32Array(8000);
    click[100] = 0.01; // level would need a peak of 7
    expect(Math.max(...levelled(click))).toBeCloseTo(0.98, 5);
    expect([...levelled(new Float32Array(3))]).toEqual([0, 0, 0]);
  });

  it("play blind: letters above, the names folded away below, in the order of the letters", () => {
    const html = blindPlayers(sounds, 5);
    const [above, below] = html.split("<details>");
    for (const { title } of sounds) {
      expect(above).not.toContain(title);
      expect(below).toContain(title);
    }
    const played = [...above.matchAll(/base64,([^"]+)/g)].map(
      ([, data]) => (Buffer.from(data, "base64").length - 44) / 2 - 2,
    );
    const named = [...below.matchAll(/[ABC]: (\w+)/g)].map(([, title]) =>
      ["one", "two", "three"].indexOf(title),
    );
    expect(named).toEqual(played);
  });
});
