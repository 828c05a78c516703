import { describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import type { Engine, StepSettings } from "../../lib/engines/engine.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../oracle/examples.js";
import type { Weights } from "../oracle/oracle.js";
import { atRest, oracleStep } from "../oracle/update.js";
import { availableEngines } from "./available.js";

const ours: StepSettings = {
  ...{ learningRate: 0.01, weightNoise: 0.075, noiseSeed: 11, maxGradientNorm: 1 },
  ...{ decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};
const authors: StepSettings = {
  ...{ ...ours, epsilon: 0, rootFloor: 0.01, maxStepNorm: 1 },
  ...{ loss: "sum", nonFiniteGradient: "shrink" },
};

/** Four updates in single precision, roots of small numbers among them. */
const tolerance = 2e-3;

const batches = [0, 1, 2, 3].map((seed) =>
  randomBatch(seed, 12, [9, 4, 4].slice(0, 1 + (seed % 3))),
);

/** The largest relative error of how far parameters and optimiser have come from the oracle's, after some updates. */
async function worst(engine: Engine, settings: StepSettings, unit = lstm): Promise<number> {
  const { model, weights } = randomModel(unit, 12, 7, 2);
  const session = await engine.open(model, stateOf(model, weights));
  const training = atRest(weights);
  let error = 0;
  for (const batch of batches) {
    const report = await session.trainStep(batch, settings);
    const expected = oracleStep(model, training, batch, settings);
    for (const what of ["nllPerStep", "gradientNorm"] as const)
      error = Math.max(error, relativeError([report[what]], [expected[what]]));
  }
  const { parameters, meanSquares, momenta } = await session.read();
  await session.close();
  const since = (from: ArrayLike<number>, to: ArrayLike<number>) =>
    Array.from(to, (v, i) => v - from[i]);
  const of = (values: Weights, name: string) => values.get(name) as Float64Array;
  for (const [name, w] of weights)
    error = Math.max(
      error,
      relativeError(
        since(w, parameters.get(name) as Float32Array),
        since(w, of(training.weights, name)),
      ),
      relativeError(meanSquares.get(name) as Float32Array, of(training.meanSquares, name)),
      relativeError(momenta.get(name) as Float32Array, of(training.momenta, name)),
    );
  return error;
}

/** h grows by what its weight is at every step: with a weight of 1e12 beyond single precision. */
const growing = cell("growing", ({ input: x, hidden: h, affine, relu }) => ({
  h: relu(affine("h", x, h)),
}));

function explosive() {
  const { model, weights } = randomModel(growing, 12, 7, 2);
  const large = new Map(weights).set("U_h", new Float64Array(49).fill(2 ** 40));
  return { model, weights: large, batch: randomBatch(5, 12, [9, 4]) };
}

describe.each(await availableEngines())("the $build engine", (engine) => {
  it.each<[string, StepSettings]>([
    ["our protocol", ours],
    ["the authors' protocol", authors],
    ["a floor and an ε", { ...ours, epsilon: 1e-4, rootFloor: 0.03 }],
    [
      "a sum without rescaling",
      { ...ours, loss: "sum", maxGradientNorm: Number.POSITIVE_INFINITY },
    ],
    ["short steps", { ...ours, maxStepNorm: 0.05 }],
  ])("goes the float64 oracle's way for several updates: %s", async (_, settings) => {
    expect(await worst(engine, settings)).toBeLessThan(tolerance);
  });

  it("tells the mean of the NLL, whether it goes down the mean or the sum", async () => {
    const { model, weights } = randomModel(gru, 12, 7, 2);
    const reports = [];
    for (const loss of ["mean", "sum"] as const) {
      const session = await engine.open(model, stateOf(model, weights));
      reports.push(await session.trainStep(batches[2], { ...ours, loss }));
      await session.close();
    }
    const [mean, sum] = reports;
    expect(sum.nllPerStep).toBe(mean.nllPerStep);
    expect(sum.gradientNorm / mean.gradientNorm / mean.steps).toBeCloseTo(1, 5);
  });

  it("shrinks the weights where the gradient's norm is not finite, and goes on", async () => {
    const { model, weights, batch } = explosive();
    const settings = { ...authors, weightNoise: 0, learningRate: 0.1 };
    const session = await engine.open(model, stateOf(model, weights));
    const training = atRest(weights);
    for (let update = 0; update < 3; update++) {
      const { gradientNorm } = await session.trainStep(batch, settings);
      expect(Number.isFinite(gradientNorm)).toBe(false);
      oracleStep(model, training, batch, settings);
    }
    const { parameters, momenta, updates } = await session.read();
    expect(updates).toBe(3);
    for (const [name, w] of training.weights) {
      expect(relativeError(parameters.get(name) as Float32Array, w), name).toBeLessThan(1e-5);
      const m = training.momenta.get(name) as Float64Array;
      expect(relativeError(momenta.get(name) as Float32Array, m), name).toBeLessThan(1e-4);
    }
    await session.close();
  });

  it("stops there when told to, with everything as it was", async () => {
    const { model, weights, batch } = explosive();
    const session = await engine.open(model, stateOf(model, weights));
    const before = await session.read();
    await expect(session.trainStep(batch, ours)).rejects.toThrow("got NaN or infinity in");
    expect(await session.read()).toEqual(before);
    await session.close();
  });
});

describe("the comparison of several updates notices", () => {
  const differing = (settings: StepSettings, change: Partial<StepSettings>) => {
    const { model, weights } = randomModel(lstm, 12, 7, 2);
    const [right, wrong] = [atRest(weights), atRest(weights)];
    for (const batch of batches) {
      oracleStep(model, right, batch, settings);
      oracleStep(model, wrong, batch, { ...settings, ...change });
    }
    const moved = ({ weights: to }: typeof right) =>
      [...to].flatMap(([name, w]) => Array.from(w, (v, i) => v - (weights.get(name)?.[i] ?? 0)));
    return relativeError(moved(wrong), moved(right));
  };
  it.each<[string, Partial<StepSettings>]>([
    ["no floor", { rootFloor: 0, epsilon: 1e-12 }],
    ["an ε beside the floor", { epsilon: 1e-4 }],
    ["the mean for the sum", { loss: "mean", maxGradientNorm: Number.POSITIVE_INFINITY }],
    ["no momentum", { momentum: 0 }],
    ["steps of any length", { maxStepNorm: Number.POSITIVE_INFINITY }],
  ])("%s", (_, change) => {
    const settings = { ...authors, learningRate: 0.1, maxGradientNorm: 1 };
    expect(differing(settings, change)).toBeGreaterThan(10 * tolerance);
  });
});
