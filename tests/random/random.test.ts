import { describe, expect, it } from "vitest";
import { generator } from "../../lib/random/generator.js";
import { normalFromBits, normalMatrix } from "../../lib/random/normal.js";
import { threefry } from "../../lib/random/threefry.js";

describe("threefry", () => {
  // Known answers of Random123 (kat_vectors: threefry2x32, 20 rounds).
  it.each([
    [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
  ])("gives the published answer for key %i %i, counter %i %i", (k0, k1, c0, c1, x0, x1) => {
    const out = new Uint32Array(2);
    threefry(k0, k1, c0, c1, out);
    expect([...out]).toEqual([x0, x1]);
  });
});

describe("normal numbers", () => {
  it("have the moments of the standard normal distribution", () => {
    const n = 512 * 512;
    const x = normalMatrix(3, 5, 7, 512, 512);
    const moment = (k: number) => x.reduce((s, v) => s + v ** k, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  it("are the quantiles of the standard normal distribution", () => {
    const word = (p: number) => Math.floor(p * 2 ** 32);
    expect(normalFromBits(word(0.5))).toBeCloseTo(0, 6);
    expect(normalFromBits(word(0.975))).toBeCloseTo(1.959964, 5);
    expect(normalFromBits(word(0.0001))).toBeCloseTo(-3.719016, 3); // 23 bits: steps of 3e-4 there
    expect(normalFromBits(0)).toBeCloseTo(-5.2946, 2); // quantile of 2^−24
    expect(normalFromBits(0xffffffff)).toBe(-normalFromBits(0));
  });

  it("differ by seed, update, stream, row and column, and repeat for the same ones", () => {
    const a = normalMatrix(1, 2, 3, 4, 70);
    expect(normalMatrix(1, 2, 3, 4, 70)).toEqual(a);
    expect(new Set(a).size).toBe(a.length);
    for (const b of [
      normalMatrix(2, 2, 3, 4, 70),
      normalMatrix(1, 3, 3, 4, 70),
      normalMatrix(1, 2, 4, 4, 70),
    ])
      expect([...b].some((v) => a.includes(v))).toBe(false);
  });

  it("do not depend on how wide the matrix is", () => {
    expect(normalMatrix(1, 2, 3, 1, 70).slice(0, 46)).toEqual(normalMatrix(1, 2, 3, 1, 46));
  });
});

describe("a generator", () => {
  it("repeats for the same seed and purpose and differs for another", () => {
    const draw = (seed: number, purpose: string) =>
      Array.from(
        { length: 4 },
        (
          (g) => () =>
            g.uniform()
        )(generator(seed, purpose)),
      );
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(draw(1, "b")).not.toEqual(draw(1, "a"));
    expect(draw(2, "a")).not.toEqual(draw(1, "a"));
  });

  it("shuffles into every order about equally often", () => {
    const g = generator(4, "orders");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = g.shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values())
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});
