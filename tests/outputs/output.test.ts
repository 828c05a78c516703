import { describe, expect, it } from "vitest";
import { deviationFloor, gaussianMixture } from "../../lib/outputs/index.js";
import { generator } from "../../lib/random/generator.js";
import { relativeError } from "../oracle/examples.js";
import { stepNll } from "../oracle/outputs.js";

describe("the mixture of Gaussians", () => {
  it("reads 420 numbers for the paper's 20 components over 10 samples", () => {
    expect(gaussianMixture()).toMatchObject({
      name: "gaussian-mixture",
      target: "values",
      targetSize: 10,
      readoutSize: 420,
    });
  });

  it.each([
    [0, 20, "expected a whole number of samples from 1 on, got 0; "],
    [2.5, 20, "expected a whole number of samples from 1 on, got 2.5; "],
    [10, -1, "expected a whole number of components from 1 to 1024, got -1; "],
    [10, 1025, "expected a whole number of components from 1 to 1024, got 1025; "],
  ])("refuses %d samples and %d components", (samples, components, message) => {
    expect(() => gaussianMixture(samples, components)).toThrow(`gaussian mixture: ${message}`);
  });
});

describe("the float64 oracle of the mixture", () => {
  it("gives one Gaussian's density by hand: ln(σ √(2π)) + ½ ((x − μ) / σ)²", () => {
    const sigma = Math.log(2) + deviationFloor; // raw deviation 0
    const { nll, slope } = stepNll(
      gaussianMixture(1, 1),
      Float64Array.of(5, 1, 0),
      Float64Array.of(3),
    );
    expect(nll).toBeCloseTo(Math.log(sigma * Math.sqrt(2 * Math.PI)) + 0.5 * (2 / sigma) ** 2, 12);
    expect(slope[0]).toBeCloseTo(0, 12); // the only component's weight is 1 whatever its logit
    expect(slope[1]).toBeCloseTo(-2 / sigma ** 2, 12);
    expect(slope[2]).toBeCloseTo(((1 - (2 / sigma) ** 2) / sigma) * 0.5, 12);
  });

  it("weighs densities, not their logarithms: two components of weights ¼ and ¾ by hand", () => {
    const sigma = Math.log(2) + deviationFloor;
    const density = (x: number) =>
      Math.exp(-0.5 * (x / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    const readout = Float64Array.of(0, Math.log(3), 0, 1, 0.5, -0.5, 0, 0, 0, 0); // means of sample 0: 0 and 1, of sample 1: ½ and −½
    const { nll } = stepNll(gaussianMixture(2, 2), readout, Float64Array.of(0.2, 0.1));
    expect(nll).toBeCloseTo(
      -Math.log(0.25 * density(0.2) * density(-0.4) + 0.75 * density(-0.8) * density(0.6)),
      12,
    );
  });

  it.each([
    [1, 1],
    [3, 4],
    [10, 20],
  ])(
    "has the gradient of its NLL by central differences: %d samples, %d components",
    (samples, components) => {
      const output = gaussianMixture(samples, components);
      for (let seed = 0; seed < 20; seed++) {
        const random = generator(seed, "mixture readout");
        const readout = Float64Array.from(
          { length: output.readoutSize },
          () => 1.5 * random.normal(),
        );
        const target = Float64Array.from({ length: samples }, () => random.normal());
        const h = 1e-5;
        const differences = readout.map((value, i) => {
          const at = (shift: number) => stepNll(output, readout.with(i, value + shift), target).nll;
          return (at(h) - at(-h)) / (2 * h);
        });
        expect(
          relativeError(stepNll(output, readout, target).slope, differences),
          `seed ${seed}`,
        ).toBeLessThan(1e-6);
      }
    },
  );
});
