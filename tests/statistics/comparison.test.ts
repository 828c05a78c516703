import { describe, expect, it } from "vitest";
import { generator } from "../../lib/random/generator.js";
import { compareUnits } from "../../lib/statistics/comparison.js";
import { pooledClaim } from "../../lib/statistics/pooled.js";
import { type UnitRuns, unitRuns } from "../../lib/statistics/runs.js";
import { madeUpRecord } from "../show/records.js";

/** Made data: a piece's own level, a seed's own offset, and the unit's mean, all of known size. */
function made(name: string, mean: number, seeds: number, draw: string, pieces = 60): UnitRuns {
  const level = generator(7, "pieces");
  const levels = Array.from({ length: pieces }, () => 2 * level.normal()); // the same for all units
  const random = generator(1, `${draw} ${name}`);
  const steps = levels.map((_, p) => 10 + (p % 5));
  const nll = Array.from({ length: seeds }, () => {
    const offset = 0.03 * random.normal();
    return levels.map((l, p) => steps[p] * (mean + l + offset + 0.1 * random.normal()));
  });
  return { name, seeds: nll.map((_, s) => s + 1), nll, steps };
}

describe("comparing two units", () => {
  it("finds a difference far above the smallest of interest, pieces paired", () => {
    const found = compareUnits(made("a", 8, 10, "x"), made("b", 8.3, 10, "x"));
    expect(found.verdict).toBe("a clearly better");
    expect(found.difference.value).toBeCloseTo(-0.3, 1);
    // unpaired, the pieces' levels alone (deviation 2 over 60) would make it ± 0.7
    expect(found.difference.high - found.difference.low).toBeLessThan(0.1);
    expect(found.probability).toEqual({ value: 1, low: 1, high: 1 });
    expect(found.pValue).toBe(2 / 2001);
  });

  it("is the other way round when a and b change places", () => {
    const [a, b] = [made("a", 8, 10, "x"), made("b", 8.3, 10, "x")];
    expect(compareUnits(b, a).verdict).toBe("b clearly better");
    expect(compareUnits(b, a).difference.value).toBeCloseTo(-compareUnits(a, b).difference.value);
    expect(compareUnits(b, a).probability.value).toBe(0);
  });

  it("calls equal units equivalent with many seeds, and a matter of chance", () => {
    const found = compareUnits(made("a", 8, 20, "y"), made("b", 8, 20, "y"));
    expect(found.verdict).toBe("equivalent");
    expect(found.probability.low).toBeLessThan(0.5);
    expect(found.probability.high).toBeGreaterThan(0.5);
    expect(found.pValue).toBeGreaterThan(0.05);
  });

  it("covers the true difference in about as many worlds as it says", () => {
    let covered = 0;
    const worlds = 60;
    for (let w = 0; w < worlds; w++) {
      const found = compareUnits(made("a", 8, 16, `w${w}`), made("b", 8.1, 16, `w${w}`), {
        samples: 400,
      });
      if (found.difference.low <= -0.1 && found.difference.high >= -0.1) covered += 1;
    }
    expect(covered / worlds).toBeGreaterThan(0.85);
    expect(covered / worlds).toBeLessThan(1);
  });

  it("weighs steps or pieces, as it is told", () => {
    const unit = (name: string, nll: number[]): UnitRuns => ({
      name,
      seeds: [1],
      nll: [nll],
      steps: [1, 9],
    });
    // piece means: a 4 and 1, b 1 and 2; per step a 13 / 10, b 19 / 10; per piece a 2.5, b 1.5
    const [a, b] = [unit("a", [4, 9]), unit("b", [1, 18])];
    expect(compareUnits(a, b).difference.value).toBeCloseTo(-0.6, 12);
    expect(compareUnits(a, b, { mean: "piece" }).difference.value).toBeCloseTo(1, 12);
  });

  it("gives the same numbers again for the same seed", () => {
    const [a, b] = [made("a", 8, 5, "z"), made("b", 8.02, 5, "z")];
    expect(compareUnits(a, b)).toEqual(compareUnits(a, b));
    expect(compareUnits(a, b, { seed: 2 })).not.toEqual(compareUnits(a, b));
  });

  it("refuses other pieces and options out of range", () => {
    const a = made("a", 8, 2, "x");
    expect(() => compareUnits(a, made("b", 8, 2, "x", 50))).toThrow("on the same test pieces");
    expect(() => compareUnits(a, a, { confidence: 1 })).toThrow("between 0 and 1, got 2000 and 1");
    expect(() => compareUnits(a, a, { smallestDifference: -1 })).toThrow("0 nats or more, got -1");
  });
});

describe("runs to compare", () => {
  const pieces = { nll: [8, 20], steps: [1, 2] };
  const one = { ...madeUpRecord("gru"), testPieces: pieces };

  it("are taken from records of one unit, data set and rate", () => {
    const two = { ...madeUpRecord("gru", { seed: 2 }), testPieces: { ...pieces, nll: [9, 18] } };
    const nll = [
      [8, 20],
      [9, 18],
    ];
    expect(unitRuns([one, two])).toEqual({ name: "gru", seeds: [1, 2], nll, steps: [1, 2] });
  });

  it("are refused where they cannot be compared", () => {
    const lstm = { ...madeUpRecord("lstm", { seed: 2 }), testPieces: pieces };
    expect(() => unitRuns([])).toThrow("at least one record");
    expect(() => unitRuns([one, lstm])).toThrow("one unit, got gru and lstm");
    expect(() => unitRuns([one, one])).toThrow("every seed once");
    expect(() => unitRuns([madeUpRecord("gru")])).toThrow("record 0123456789abcdef has none");
  });
});

it("pools by data sets, not by seeds", () => {
  const set = (data: string, a: number[], b: number[]) => ({ data, a, b });
  const claim = pooledClaim([
    set("one", [1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2]),
    set("two", [3], [3.5]),
    set("three", [5, 5.2], [5.3, 5.3]),
    set("four", [2], [1.9]),
  ]);
  expect(claim.dataSets).toBe(4);
  expect(claim.differences.map((d) => Number(d.difference.toFixed(6)))).toEqual([
    -1, -0.5, -0.2, 0.1,
  ]);
  expect(claim.mean).toBeCloseTo(-0.4, 12);
  expect(claim.agreeing).toBe(3);
  expect(claim.pValue).toBe(4 / 16); // ±(1.6 or 1.8) in two of eight ways of each sign
  expect(() => pooledClaim([])).toThrow("at least one, got 0 and 0");
});
