import { describe, expect, it } from "vitest";
import { cellScale, cellTitle } from "../../lib/show/colours.js";

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/** Complete colour blindness of each kind, on linear RGB: Machado, Oliveira and Fernandes (2009), table 1, severity 1. */
const blindness: Readonly<Record<string, Matrix>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function seen(hex: string, matrix: Matrix): Rgb {
  const rgb = linear(hex);
  const [r, g, b] = matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, m, k) => sum + m * rgb[k], 0),
      ),
    ),
  );
  return [r, g, b];
}

/** CIE L*a*b* under D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(one: string, other: string, matrix: Matrix): number {
  const [a, b] = [lab(seen(one, matrix)), lab(seen(other, matrix))];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

describe("the units' colours", () => {
  const { range } = cellScale(["tanh", "gru", "lstm"]);

  it.each(Object.entries(blindness))(
    "are told apart with colour blindness: %s",
    (_kind, matrix) => {
      for (const one of range)
        for (const other of range)
          if (one !== other) expect(distance(one, other, matrix)).toBeGreaterThan(20);
    },
  );

  it("stand out from white as lines must (WCAG: contrast 3)", () => {
    for (const colour of range) {
      const [r, g, b] = linear(colour);
      expect(1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05)).toBeGreaterThan(3);
    }
  });

  it("stay the same whichever units a chart shows, in whatever order", () => {
    const all = cellScale(["lstm", "mine", "tanh", "gru"]);
    expect(all.domain).toEqual(["tanh", "GRU", "LSTM", "mine"]);
    expect(cellScale(["lstm"])).toEqual({ domain: ["LSTM"], range: [all.range[2]] });
    expect(new Set(all.range).size).toBe(4);
    expect(cellTitle("mine")).toBe("mine");
  });
});
