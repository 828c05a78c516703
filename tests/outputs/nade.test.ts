import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { model, outputParameterCount } from "../../lib/model/model.js";
import { outputFrom } from "../../lib/outputs/description.js";
import {
  heldSample,
  type NadeOptions,
  nade,
  output,
  outputLatex,
  rowNll,
  sampleRow,
} from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";
import { relativeError } from "../oracle/examples.js";
import { stepNll } from "../oracle/outputs.js";

const variants: readonly NadeOptions[] = [
  {},
  { order: "high-to-low" },
  { condition: "keys" },
  { order: "high-to-low", condition: "keys" },
];

/** A NADE with numbers of a size that lets every key tell on the others. */
function random(keys: number, hidden: number, options: NadeOptions, seed: number) {
  const of = nade(keys, hidden, options);
  const draw = generator(seed, "nade");
  const normals = (length: number) => Float64Array.from({ length }, () => 1.5 * draw.normal());
  const weights = new Map([
    ["W", normals(keys * hidden)],
    ["V", normals(keys * hidden)],
    ["c", normals(hidden)],
  ]);
  return { of, weights, readout: normals(of.readoutSize) };
}

const chord = (keys: number, bits: number) =>
  Float64Array.from({ length: keys }, (_, k) => (bits >> k) & 1);

const bitsOf = (target: Float64Array) => target.reduce((bits, on, k) => bits + on * 2 ** k, 0);

describe.each(variants)("NADE %o", (options) => {
  it("gives all 1,024 chords of ten keys chances that add up to 1", () => {
    const { of, weights, readout } = random(10, 7, options, 1);
    let total = 0;
    for (let bits = 0; bits < 1024; bits++)
      total += Math.exp(-rowNll(of, readout, chord(10, bits), weights).nll);
    expect(Math.abs(total - 1)).toBeLessThan(1e-12);
  });

  it("has the NLL and gradients of the algorithm, by hand and by central differences", () => {
    for (let seed = 0; seed < 5; seed++) {
      const { of, weights, readout } = random(6, 4, options, seed);
      const target = chord(6, 0b110101 ^ seed);
      const expected = stepNll(of, readout, target, weights);
      const found = rowNll(of, readout, target, weights);
      expect(relativeError([found.nll], [expected.nll])).toBeLessThan(1e-12);
      expect(relativeError(found.slope, expected.slope)).toBeLessThan(1e-10);
      const nllAt = (y: Float64Array, w = weights) => rowNll(of, y, target, w).nll;
      const h = 1e-6;
      const byReadout = readout.map(
        (v, i) => (nllAt(readout.with(i, v + h)) - nllAt(readout.with(i, v - h))) / (2 * h),
      );
      expect(relativeError(found.slope, byReadout)).toBeLessThan(1e-7);
      for (const [name, slope] of found.parameters) {
        expect(relativeError(slope, expected.parameters?.[name] ?? []), name).toBeLessThan(1e-10);
        const values = weights.get(name) as Float64Array;
        const shifted = (i: number, by: number) =>
          nllAt(readout, new Map([...weights, [name, values.with(i, values[i] + by)]]));
        const differences = values.map((_, i) => (shifted(i, h) - shifted(i, -h)) / (2 * h));
        expect(relativeError(slope, differences), name).toBeLessThan(1e-7);
      }
    }
  });

  it("is sampled exactly: chords of four keys as often as their chances say", () => {
    const { of, weights, readout } = random(4, 3, options, 2);
    const source = generator(9, "chords");
    const draws = 5000;
    const counts = new Float64Array(16);
    for (let n = 0; n < draws; n++)
      counts[bitsOf(sampleRow(of, readout, source, 1, { weights }))] += 1;
    let chiSquare = 0;
    for (let bits = 0; bits < 16; bits++) {
      const p = Math.exp(-rowNll(of, readout, chord(4, bits), weights).nll);
      chiSquare += (counts[bits] - draws * p) ** 2 / (draws * p);
    }
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });

  it("comes back from its description, and draws the same", () => {
    const { of, weights, readout } = random(5, 3, options, 1);
    const read = outputFrom(JSON.parse(JSON.stringify(of)));
    expect(read).toEqual(of);
    const [one, other] = [of, read].map((o) =>
      sampleRow(o, readout, generator(4, "same"), 1, { weights }),
    );
    expect(one).toEqual(other);
  });
});

describe("NADE by hand", () => {
  it("lets a key that sounds change the chance of the next: two keys, one hidden unit", () => {
    const of = nade(2, 1);
    const weights = new Map([
      ["W", Float64Array.of(2, 100)],
      ["V", Float64Array.of(1, 3)],
    ]);
    const readout = Float64Array.of(0.5, -1, 0.25); // b, then c
    const sigma = (x: number) => 1 / (1 + Math.exp(-x));
    const first = sigma(0.5 + 1 * sigma(0.25));
    const second = sigma(-1 + 3 * sigma(0.25 + 2));
    const { nll } = rowNll(of, readout, Float64Array.of(1, 0), weights);
    expect(nll).toBeCloseTo(-Math.log(first * (1 - second)), 12);
    const silent = sigma(-1 + 3 * sigma(0.25));
    const other = rowNll(of, readout, Float64Array.of(0, 1), weights);
    expect(other.nll).toBeCloseTo(-Math.log((1 - first) * silent), 12);
  });

  it("asks the high keys first where the order says so", () => {
    const weights = new Map([
      ["W", Float64Array.of(100, 2)],
      ["V", Float64Array.of(3, 1)],
    ]);
    const up = nade(2, 1);
    const down = nade(2, 1, { order: "high-to-low" });
    const swapped = new Map([
      ["W", Float64Array.of(2, 100)],
      ["V", Float64Array.of(1, 3)],
    ]);
    const one = rowNll(down, Float64Array.of(-1, 0.5, 0.25), Float64Array.of(0, 1), weights);
    const other = rowNll(up, Float64Array.of(0.5, -1, 0.25), Float64Array.of(1, 0), swapped);
    expect(one.nll).toBeCloseTo(other.nll, 12);
  });

  it("takes the likeliest key by key at temperature 0", () => {
    const { of, weights, readout } = random(8, 4, {}, 3);
    const drawn = sampleRow(of, readout, generator(1, "x"), 0, { weights });
    expect(sampleRow(of, readout, generator(2, "y"), 0, { weights })).toEqual(drawn);
  });

  it("is written as equations of its parameters", () => {
    const lines = outputLatex(nade(88, 64)).split("\n");
    expect(lines.slice(1, -1)).toEqual([
      "b &= y_{1 \\ldots 88} \\\\",
      "c &= y_{89 \\ldots 152} \\\\",
      "a &= c + \\sum_{<} W \\odot x \\\\",
      "l &= b + \\sum V \\odot \\sigma(a) \\\\",
      "\\mathrm{NLL} &= \\sum \\operatorname{softplus}(l) - {l}_{x}",
    ]);
  });

  it("adds W and V to the output layer's parameters", () => {
    const m = model(gru, 88, 46, nade(88, 64));
    expect(m.parameters.slice(-2)).toEqual([
      { name: "W", role: "output-weight", shape: [88, 64] },
      { name: "V", role: "output-weight", shape: [88, 64] },
    ]);
    expect(outputParameterCount(m)).toBe(47 * 152 + 2 * 88 * 64);
  });
});

describe("keys that are held", () => {
  it("stay as they are, and those that come before the free ones in the order change nothing: exact", () => {
    const { of, weights, readout } = random(4, 3, { order: "high-to-low" }, 5);
    const held = [Number.NaN, Number.NaN, 0, 1]; // the two highest
    const chance = (bits: number) => Math.exp(-rowNll(of, readout, chord(4, bits), weights).nll);
    const free = [0b1000, 0b1001, 0b1010, 0b1011];
    const total = free.reduce((sum, bits) => sum + chance(bits), 0);
    const source = generator(6, "held");
    const counts = new Map<number, number>();
    for (let n = 0; n < 8000; n++) {
      const { target, logWeight } = heldSample(of, readout, source, 1, { weights, held });
      expect(logWeight).toBeCloseTo(Math.log(total), 9); // the same for every draw: nothing to weigh
      counts.set(bitsOf(target), (counts.get(bitsOf(target)) ?? 0) + 1);
    }
    for (const bits of free)
      expect(Math.abs((counts.get(bits) ?? 0) / 8000 - chance(bits) / total)).toBeLessThan(0.02);
  });

  it("after the free ones are weighed by their chance: the weighted shares are the exact ones", () => {
    const { of, weights, readout } = random(4, 3, {}, 5);
    const held = [Number.NaN, Number.NaN, 0, 1];
    const chance = (bits: number) => Math.exp(-rowNll(of, readout, chord(4, bits), weights).nll);
    const free = [0b1000, 0b1001, 0b1010, 0b1011];
    const total = free.reduce((sum, bits) => sum + chance(bits), 0);
    const source = generator(6, "held");
    const shares = new Map<number, number>();
    let all = 0;
    for (let n = 0; n < 8000; n++) {
      const { target, logWeight } = heldSample(of, readout, source, 1, { weights, held });
      const w = Math.exp(logWeight);
      all += w;
      shares.set(bitsOf(target), (shares.get(bitsOf(target)) ?? 0) + w);
    }
    expect(all / 8000).toBeCloseTo(total, 2);
    for (const bits of free)
      expect(Math.abs((shares.get(bits) ?? 0) / all - chance(bits) / total)).toBeLessThan(0.03);
  });

  it("are refused in another number, and of another kind of target", () => {
    const { of, weights, readout } = random(4, 3, {}, 5);
    expect(() => sampleRow(of, readout, generator(1, "x"), 1, { weights, held: [1] })).toThrow(
      "sampling: expected 4 keys to hold, got 1 for an output of keys",
    );
  });
});

describe("NADE refuses", () => {
  it.each<[string, () => unknown, string]>([
    ["no keys", () => nade(0, 4), "nade: expected a whole number of keys from 1 on, got 0; "],
    ["no hidden units", () => nade(4, 0), "nade: expected a whole number of hidden units from 1"],
    [
      "another order",
      () => nade(4, 4, { order: "up" as never }),
      "nade: expected order to be low-to-high or high-to-low, got up",
    ],
    [
      "another condition",
      () => nade(4, 4, { condition: "none" as never }),
      "nade: expected condition to be both or keys, got none",
    ],
    [
      "to be evaluated without its parameters",
      () => rowNll(nade(2, 1), new Float64Array(3), new Float64Array(2)),
      "nade: expected its parameter W, 2 × 1, got none; pass the model's parameters",
    ],
    [
      "a cell that has a parameter of the same name",
      () =>
        model(
          gru,
          4,
          4,
          output("own", { target: "values", targetSize: 4, readoutSize: 4 }, (v) => ({
            nll: v.sum(v.times(v.readout, v.parameter("W_r", 1, 4))),
          })),
        ),
      "model: expected parameters of the output by names of their own, got W_r in gru and in own",
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  it.each<[string, Parameters<typeof output>[2], string]>([
    [
      "a parameter in two shapes",
      (v) => ({
        nll: v.sum(v.plus(v.readout, v.parameter("W", 1, 4), v.sum(v.parameter("W", 1, 2)))),
      }),
      "parameter W: expected 1 × 4 as before, got 1 × 2",
    ],
    [
      "a parameter without a name",
      (v) => ({ nll: v.sum(v.plus(v.readout, v.parameter("", 1, 4))) }),
      "parameter: expected a name of letters, digits and _",
    ],
    [
      "keys in turn for a target of numbers",
      (v) => ({ nll: v.sum(v.readout), sample: v.upward(v.readout) }),
      "upward: expected logits of all keys of a target of keys",
    ],
  ])("in an output of one's own: %s", (_, equations, message) => {
    expect(() =>
      output("own", { target: "values", targetSize: 4, readoutSize: 4 }, equations),
    ).toThrow(message);
  });
});
