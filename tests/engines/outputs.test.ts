import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { tanh } from "../../lib/cells/tanh.js";
import type { Batch } from "../../lib/data/batch.js";
import { fusedOutput } from "../../lib/engines/fused-outputs.js";
import { model } from "../../lib/model/model.js";
import { rowNll } from "../../lib/outputs/evaluate.js";
import {
  bernoulli,
  categorical,
  gaussian,
  gaussianMixture,
  nade,
  type Output,
  poisson,
} from "../../lib/outputs/index.js";
import { packed, randomModel, randomTargets, relativeError, stateOf } from "../oracle/examples.js";
import { dense, oracle } from "../oracle/oracle.js";
import { stepNll } from "../oracle/outputs.js";
import { everyRowOp, laplace, unfused } from "../oracle/own-outputs.js";
import { availableEngines } from "./available.js";

/** Single precision, over sums of some hundred terms. */
const tolerance = 1e-5;

const outputs: readonly Output[] = [
  categorical(1),
  categorical(65),
  gaussian(1),
  gaussian(5),
  poisson(1),
  poisson(9),
  laplace,
  unfused(bernoulli(7)),
  unfused(gaussianMixture(3, 5)),
  nade(9, 5),
  nade(1, 1),
  nade(11, 33, { order: "high-to-low" }),
  nade(9, 20, { condition: "keys" }),
  nade(5, 3, { order: "high-to-low", condition: "keys" }),
  unfused(nade(7, 5)),
  unfused(nade(6, 4, { order: "high-to-low", condition: "keys" })),
];
const lengths = [9, 6, 6, 2, 1];

/** Whole numbers of weights, some of them 0. */
const weighted = (batch: Batch): Batch => ({
  ...batch,
  weights: Float32Array.from({ length: batch.stepOffsets[batch.time] }, (_, r) => (r * 7) % 3),
});

describe.each(await availableEngines())("outputs in the $build engine", (engine) => {
  it.each(outputs)(
    "have the float64 oracle's NLL and gradient: $name of $targetSize",
    async (output) => {
      const { model, weights } = randomModel(gru, 4, 7, 3, output);
      const plain = randomTargets(5, 4, output, lengths);
      for (const batch of [plain, weighted(plain)])
        for (const threads of [1, 3]) {
          const expected = oracle(model, weights, batch);
          const session = await engine.open(model, stateOf(model, weights), { threads });
          const sequences = await session.evaluate(batch);
          expect(sequences.map((s) => s.steps)).toEqual(expected.sequences.map((s) => s.steps));
          const [actual, exact] = [sequences, expected.sequences].map((l) => l.map((s) => s.nll));
          expect(relativeError(actual, exact)).toBeLessThan(tolerance);
          const gradient = await session.gradient(batch);
          for (const [name, values] of expected.gradient)
            expect(relativeError(gradient.get(name) ?? [], values), name).toBeLessThan(tolerance);
          await session.close();
        }
    },
  );

  it.each([bernoulli(88), gaussianMixture(10, 20), gaussianMixture(2, 33), nade(88, 64)])(
    "by a kernel are what their equations are: $name of $readoutSize",
    async (fused) => {
      expect(fusedOutput(fused)).toBeDefined();
      expect(fusedOutput(unfused(fused))).toBeUndefined();
      const batch = weighted(randomTargets(2, 4, fused, lengths));
      const [one, other] = await Promise.all(
        [fused, unfused(fused)].map(async (output) => {
          const { model, weights } = randomModel(tanh, 4, 5, 3, output);
          const session = await engine.open(model, stateOf(model, weights));
          const nll = (await session.evaluate(batch)).map((s) => s.nll);
          const gradient = await session.gradient(batch);
          await session.close();
          return { nll, gradient };
        }),
      );
      expect(relativeError(one.nll, other.nll)).toBeLessThan(tolerance);
      for (const [name, values] of one.gradient)
        expect(relativeError(other.gradient.get(name) ?? [], values), name).toBeLessThan(tolerance);
    },
  );

  it("carry out every word on rows, matrices too", async () => {
    const output = everyRowOp(5);
    const { model, weights } = randomModel(tanh, 4, 5, 3, output);
    const batch = randomTargets(2, 4, output, [3, 2]);
    const session = await engine.open(model, stateOf(model, weights));
    const gradient = await session.gradient(batch);
    const [{ nll }] = await session.evaluate(batch);
    const h = (await session.trace(batch)).values.get("h") as Float32Array;
    await session.close();
    const target = dense(batch.target);
    const W = weights.get("W_y") as Float64Array;
    const slope = new Float64Array(15);
    let expected = 0;
    for (let row = 0; row < 5; row++) {
      const y = (weights.get("b_y") as Float64Array).map((b, k) =>
        h.subarray(5 * row, 5 * row + 5).reduce((sum, v, i) => sum + v * W[15 * i + k], b),
      );
      const step = rowNll(output, y, target.subarray(5 * row, 5 * row + 5));
      if (row !== 1 && row !== 3) expected += step.nll; // rows of the longer sequence
      step.slope.forEach((d, k) => {
        slope[k] += d / 5;
      });
    }
    expect(relativeError([nll], [expected])).toBeLessThan(tolerance);
    expect(relativeError(gradient.get("b_y") ?? [], slope)).toBeLessThan(tolerance);
  });

  const extremes: [Output, number[], number[]][] = [
    ...[0, 1, 2].map((x): [Output, number[], number[]] => [
      categorical(3),
      [1e6, -1e6, 999_999],
      [x],
    ]),
    [categorical(3), [1e6, 1e6, 1e6], [1]],
    [categorical(3), [-1e6, -1e6, -1e6], [2]],
    [gaussian(2), [1e6, -1e6, 0, 0], [-1e6, 1e6]],
    [gaussian(2), [0, 0, -1e6, 1e6], [0, 1e6]],
    [poisson(2), [1e6, -1e6], [0, 0]],
    [poisson(2), [-1e6, 1e6], [1e6, 1e6]],
    [poisson(2), [-1e6, -5], [3, 5]],
    [laplace, [1e6, -1e6], [-1e6]],
  ];
  it.each(extremes)(
    "stay finite and exact: $0.name, readout $1, target $2",
    async (output, readout, target) => {
      const m = model(tanh, 1, 2, output);
      const weights = new Map(
        m.parameters.map(({ name, shape }) => [
          name,
          new Float64Array(shape.reduce((a, b) => a * b, 1)),
        ]),
      );
      weights.set("b_y", Float64Array.from(readout, Math.fround));
      const steps = packed(1, [{ input: [[0]], target: [[]] }]);
      const width = output.targetSize;
      const batch: Batch = {
        ...steps,
        target:
          output.target === "values"
            ? { kind: "dense", width, values: Float32Array.from(target) }
            : {
                kind: "sparse",
                width,
                offsets: Int32Array.of(0, target.length),
                columns: Int32Array.from(target),
              },
      };
      const expected = stepNll(output, weights.get("b_y") as Float64Array, dense(batch.target));
      const session = await engine.open(m, stateOf(m, weights));
      expect(relativeError([(await session.evaluate(batch))[0].nll], [expected.nll])).toBeLessThan(
        tolerance,
      );
      const slope = (await session.gradient(batch)).get("b_y") as Float32Array;
      expect(relativeError(slope, expected.slope)).toBeLessThan(tolerance);
      await session.close();
    },
  );

  it("count a row of weight 0 for nothing, in the report too", async () => {
    const output = categorical(4);
    const { model, weights } = randomModel(tanh, 3, 5, 3, output);
    const batch = randomTargets(2, 3, output, [4]);
    const masked = { ...batch, weights: Float32Array.of(0, 0, 0, 1) };
    const session = await engine.open(model, stateOf(model, weights));
    const { nllPerStep, steps } = await session.trainStep(masked, {
      ...{ learningRate: 0.1, weightNoise: 0, noiseSeed: 1, maxGradientNorm: 1 },
      ...{ decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
    });
    await session.close();
    const expected = oracle(model, weights, masked);
    expect(steps).toBe(1);
    expect(relativeError([nllPerStep], [expected.nllPerStep])).toBeLessThan(tolerance);
    expect(expected.nllPerStep).not.toBeCloseTo(oracle(model, weights, batch).nllPerStep, 3);
  });
});
