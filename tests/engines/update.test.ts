import { describe, expect, it } from "vitest";
import { cell } from "../../lib/cells/cell.js";
import { gru } from "../../lib/cells/gru.js";
import { lstm } from "../../lib/cells/lstm.js";
import type { Engine, StepSettings } from "../../lib/engines/engine.js";
import { adam } from "../../lib/updates/adam.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { sgd } from "../../lib/updates/sgd.js";
import { type Update, update } from "../../lib/updates/update.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../oracle/examples.js";
import type { Weights } from "../oracle/oracle.js";
import { atRest, oracleStep } from "../oracle/update.js";
import { availableEngines } from "./available.js";

const ours: StepSettings = {
  ...{ learningRate: 0.01, weightNoise: 0.075, noiseSeed: 11, maxGradientNorm: 1 },
};
const authors: StepSettings = {
  ...{ ...ours, maxStepNorm: 1, loss: "sum", nonFiniteGradient: "shrink" },
  update: { epsilon: 0, rootFloor: 0.01 },
};

/** RMSProp's equations, which no engine recognises as RMSProp. */
const unrecognised: Update = update("by its equations", rmsprop.settings, (words) => {
  const { gradient: g, learningRate, previous, setting, maximum, ...rest } = words;
  const { plus, times, divide, square, sqrt, oneMinus, scale } = rest;
  const decay = setting("decay");
  const meanSquare = plus(times(decay, previous("meanSquare")), times(oneMinus(decay), square(g)));
  const root = maximum(sqrt(plus(meanSquare, setting("epsilon"))), setting("rootFloor"));
  const kept = times(setting("momentum"), previous("velocity"));
  const velocity = plus(kept, divide(times(learningRate, scale(g, 1)), root));
  return { step: velocity, meanSquare, velocity };
});

/**
 * Every kind of value in every place: slots that change places, a slot that is a scalar, one that is the weight, one that is the
 * gradient, a number for all parameters that grows with the count, and a step that is not 0 where nothing is.
 */
const odd: Update = update("odd", { pull: 0.01, push: 1e-4 }, (words) => {
  const { weight, gradient, learningRate, count, previous, setting, ...rest } = words;
  const { plus, times, minus, absolute, sigmoid, exp, negate, divide } = rest;
  const fade = exp(negate(times(setting("pull"), count)));
  const force = times(sigmoid(previous("a")), minus(gradient, previous("was")));
  const step = plus(
    times(learningRate, fade, force),
    times(setting("push"), weight),
    setting("push"),
  );
  return {
    step,
    a: previous("b"),
    b: plus(previous("a"), divide(absolute(gradient), plus(previous("time"), 1))),
    time: count,
    weights: weight,
    was: gradient,
  };
});

const short: StepSettings = { ...ours, maxStepNorm: 0.05 };

/** Four updates in single precision, roots of small numbers among them. */
const tolerance = 2e-3;

const batches = [0, 1, 2, 3].map((seed) =>
  randomBatch(seed, 12, [9, 4, 4].slice(0, 1 + (seed % 3))),
);

/** The largest relative error of how far parameters and optimiser have come from the oracle's, after some updates. */
async function worst(engine: Engine, settings: StepSettings, rule = rmsprop): Promise<number> {
  const { model, weights } = randomModel(lstm, 12, 7, 2);
  const session = await engine.open(model, stateOf(model, weights), { update: rule });
  const training = atRest(weights, rule);
  let error = 0;
  for (const batch of batches) {
    const report = await session.trainStep(batch, settings);
    const expected = oracleStep(model, training, batch, settings, rule);
    for (const what of ["nllPerStep", "gradientNorm"] as const)
      error = Math.max(error, relativeError([report[what]], [expected[what]]));
  }
  const { parameters, optimiser } = await session.read();
  await session.close();
  const since = (from: ArrayLike<number>, to: ArrayLike<number>) =>
    Array.from(to, (v, i) => v - from[i]);
  const of = (values: Weights | undefined, name: string) => values?.get(name) as Float64Array;
  expect([...optimiser.keys()]).toEqual([...training.slots.keys()]);
  for (const [name, w] of weights) {
    const moved = since(w, parameters.get(name) as Float32Array);
    error = Math.max(error, relativeError(moved, since(w, of(training.weights, name))));
    for (const [slot, values] of optimiser) {
      const expected = of(training.slots.get(slot), name);
      error = Math.max(error, relativeError(values.get(name) as Float32Array, expected));
    }
  }
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
    ["a floor and an ε", { ...ours, update: { epsilon: 1e-4, rootFloor: 0.03 } }],
    [
      "a sum without rescaling",
      { ...ours, loss: "sum", maxGradientNorm: Number.POSITIVE_INFINITY },
    ],
    ["short steps", short],
  ])("goes the float64 oracle's way for several updates: %s", async (_, settings) => {
    expect(await worst(engine, settings)).toBeLessThan(tolerance);
  });

  it.each<[string, Update, StepSettings]>([
    ["RMSProp by its equations", unrecognised, ours],
    ["RMSProp by its equations, as the authors have it", unrecognised, authors],
    ["Adam", adam, { ...ours, update: {} }],
    ["Adam with settings and short steps", adam, { ...short, update: { beta1: 0.5, beta2: 0.9 } }],
    ["gradient descent", sgd, ours],
    ["gradient descent with momentum", sgd, { ...short, update: { momentum: 0.9 } }],
    ["a rule of one's own", odd, ours],
    ["a rule of one's own with short steps", odd, short],
  ])("goes the oracle's way by any rule: %s", async (_, rule, settings) => {
    expect(await worst(engine, settings, rule)).toBeLessThan(tolerance);
  });

  it("goes on to the same bits after a rule's memory was read and written", async () => {
    const { model, weights } = randomModel(lstm, 12, 7, 2);
    const open = () => engine.open(model, stateOf(model, weights), { update: odd });
    const [first, second] = [await open(), await open()];
    await first.trainStep(batches[0], ours);
    await second.write(await first.read());
    for (const session of [first, second]) await session.trainStep(batches[1], ours);
    expect(await second.read()).toEqual(await first.read());
    await second.write({ ...(await first.read()), optimiser: new Map() });
    const { optimiser } = await second.read();
    for (const values of optimiser.values())
      for (const v of values.values()) expect(v.every((x) => x === 0)).toBe(true);
    for (const session of [first, second]) await session.close();
  });

  it("refuses settings and memory that are not the rule's", async () => {
    const { model, weights } = randomModel(lstm, 12, 7, 2);
    const session = await engine.open(model, stateOf(model, weights), { update: adam });
    const wrong = { ...ours, update: { decay: 0.9 } };
    await expect(session.trainStep(batches[0], wrong)).rejects.toThrow(
      "decay: expected a setting of adam (beta1, beta2, epsilon), got another",
    );
    const range = { ...ours, update: { beta1: 1 } };
    await expect(session.trainStep(batches[0], range)).rejects.toThrow(
      "beta1: expected a number from 0 to below 1, got 1",
    );
    const state = await session.read();
    const slots = new Map([["velocity", state.parameters]]);
    await expect(session.write({ ...state, optimiser: slots })).rejects.toThrow(
      'optimiser: expected slots of adam (mean, meanSquare), got "velocity"',
    );
    await session.close();
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
    const { parameters, optimiser, updates } = await session.read();
    expect(updates).toBe(3);
    for (const [name, w] of training.weights) {
      expect(relativeError(parameters.get(name) as Float32Array, w), name).toBeLessThan(1e-5);
      const m = training.slots.get("velocity")?.get(name) as Float64Array;
      const found = optimiser.get("velocity")?.get(name) as Float32Array;
      expect(relativeError(found, m), name).toBeLessThan(1e-4);
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
    ["no floor", { update: { rootFloor: 0, epsilon: 1e-12 } }],
    ["an ε beside the floor", { update: { rootFloor: 0.01, epsilon: 1e-4 } }],
    ["the mean for the sum", { loss: "mean", maxGradientNorm: Number.POSITIVE_INFINITY }],
    ["no momentum", { update: { rootFloor: 0.01, epsilon: 0, momentum: 0 } }],
    ["steps of any length", { maxStepNorm: Number.POSITIVE_INFINITY }],
  ])("%s", (_, change) => {
    const settings = { ...authors, learningRate: 0.1, maxGradientNorm: 1 };
    expect(differing(settings, change)).toBeGreaterThan(10 * tolerance);
  });
});
