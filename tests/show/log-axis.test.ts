import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingLogAxis } from "../../lib/show/log-axis.js";

describe("a logarithmic axis", () => {
  it("has ticks at round numbers even where the data spans a tenth of a decade", () => {
    const { type, ticks, domain } = fittingLogAxis([8.55, 9.05]);
    expect(type).toBe("log");
    expect(ticks).toEqual(
      [8.4, 8.5, 8.6, 8.7, 8.8, 8.9, 9, 9.1, 9.2].filter((t) => t >= domain[0] && t <= domain[1]),
    );
    expect(ticks.length).toBeGreaterThanOrEqual(5);
  });

  it("has one tick a decade where the data spans many", () => {
    expect(fittingLogAxis([0.5, 2e4]).ticks).toEqual([1, 10, 100, 1000, 10_000]);
  });

  it("is linear where a value is not positive: a density's NLL may be negative", () => {
    const { type, domain, ticks } = fittingLogAxis([-3, 5]);
    expect(type).toBe("linear");
    expect(domain[0]).toBeLessThan(-3);
    expect(ticks).toContain(0);
  });

  it("holds every value and between 3 and 15 ticks, for any positive data", () => {
    const positive = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 5 }), (values) => {
        const { domain, ticks } = fittingLogAxis(values);
        expect(domain[0]).toBeLessThanOrEqual(Math.min(...values));
        expect(domain[1]).toBeGreaterThanOrEqual(Math.max(...values));
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        expect(ticks.length).toBeLessThanOrEqual(15);
        for (const tick of ticks) expect(tick >= domain[0] && tick <= domain[1]).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("has a domain before there is any data", () => {
    expect(fittingLogAxis([]).domain).toEqual([1, 100]);
  });
});
