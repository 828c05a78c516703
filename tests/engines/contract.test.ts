import { describe, expect, it } from "vitest";
import { gru } from "../../lib/cells/gru.js";
import { paperCells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { memoryless } from "../../lib/cells/memoryless.js";
import { stack } from "../../lib/cells/stack.js";
import { tanh } from "../../lib/cells/tanh.js";
import { gruAfter } from "../../lib/cells/zoo/gru-after.js";
import { lstmNoPeepholes } from "../../lib/cells/zoo/lstm-no-peepholes.js";
import type { StepSettings } from "../../lib/engines/engine.js";
import { isNoisy, type Model } from "../../lib/model/model.js";
import type { TrainingState } from "../../lib/model/state.js";
import { normalMatrix } from "../../lib/random/normal.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { settingsOf } from "../../lib/updates/update.js";
import { everyOp, mgu } from "../oracle/cells.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../oracle/examples.js";
import { oracle, type Weights } from "../oracle/oracle.js";
import { availableEngines } from "./available.js";

/** Single precision over sums of some thousand terms. */
const tolerance = { loss: 1e-5, trace: 1e-5, gradient: 1e-4, update: 1e-4 };

const settings: StepSettings = {
  learningRate: 0.01,
  weightNoise: 0,
  noiseSeed: 11,
  maxGradientNorm: Number.POSITIVE_INFINITY,
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};

/** The rest of the zoo has a shorter test: zoo.test.ts. */
const cells = [
  ...[...paperCells, memoryless, gruAfter, lstmNoPeepholes, mgu, everyOp],
  ...[stack(gru, gru), stack(tanh, lstm, everyOp)],
];
const shapes = [
  { hiddenSize: 1, width: 3, lengths: [1] },
  { hiddenSize: 3, width: 5, lengths: [2, 1, 2, 7, 3] },
  { hiddenSize: 17, width: 88, lengths: [30] },
  { hiddenSize: 46, width: 88, lengths: Array.from({ length: 16 }, (_, i) => 3 + ((i * 7) % 19)) },
];

const norm = (gradients: readonly Float64Array[]) =>
  Math.sqrt(gradients.reduce((sum, g) => sum + g.reduce((a, v) => a + v * v, 0), 0));

type Rescaling = (gradient: Weights, name: string, maxGradientNorm: number) => number;

/** The contract's: by the global norm. */
const globally: Rescaling = (gradient, _, most) => Math.min(1, most / norm([...gradient.values()]));

/** The update rule of the engine contract in float64, for one step from rest with a given gradient. */
function expectedUpdate(
  weights: Weights,
  gradient: Weights,
  s: StepSettings,
  rescaling = globally,
): Map<string, Float64Array> {
  return new Map(
    [...weights].map(([name, w]) => [
      name,
      w.map((value, i) => {
        const g =
          (gradient.get(name) as Float64Array)[i] * rescaling(gradient, name, s.maxGradientNorm);
        const { decay, epsilon } = settingsOf(rmsprop, s.update);
        return value - (s.learningRate * g) / Math.sqrt((1 - decay) * g * g + epsilon);
      }),
    ]),
  );
}

function noisyWeights(
  model: Model,
  weights: Weights,
  { noiseSeed, weightNoise }: StepSettings,
  updates: number,
): Weights {
  return new Map(
    model.parameters.map((p, stream) => {
      const w = weights.get(p.name) as Float64Array;
      if (!isNoisy(p)) return [p.name, w];
      const noise = normalMatrix(noiseSeed, updates, stream, p.shape[0], p.shape[1]);
      return [p.name, w.map((v, i) => v + weightNoise * noise[i])];
    }),
  );
}

function expectClose(
  actual: ReadonlyMap<string, ArrayLike<number>>,
  expected: ReadonlyMap<string, ArrayLike<number>>,
  limit: number,
): void {
  for (const [name, values] of expected)
    expect(relativeError(actual.get(name) ?? [], values), name).toBeLessThan(limit);
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
}

const same = (a: TrainingState, b: TrainingState) => {
  expect(a.updates).toBe(b.updates);
  expect(b.parameters).toEqual(a.parameters);
  expect(b.optimiser).toEqual(a.optimiser);
};

describe.each(await availableEngines())("the $build engine", (engine) => {
  describe.each(cells)("with $name", (cell) => {
    it.each(shapes)(
      "computes loss, gates and gradient as the float64 oracle: hidden $hiddenSize, lengths $lengths",
      async (shape) => {
        const { model, weights } = randomModel(cell, shape.width, shape.hiddenSize, 5);
        const batch = randomBatch(8, shape.width, shape.lengths);
        const expected = oracle(model, weights, batch);
        const session = await engine.open(model, stateOf(model, weights));
        const sequences = await session.evaluate(batch);
        expect(sequences.map((s) => s.steps)).toEqual(expected.sequences.map((s) => s.steps));
        expect(
          relativeError(
            sequences.map((s) => s.nll),
            expected.sequences.map((s) => s.nll),
          ),
        ).toBeLessThan(tolerance.loss);
        expectClose((await session.trace(batch)).values, expected.trace, tolerance.trace);
        expectClose(await session.gradient(batch), expected.gradient, tolerance.gradient);
        await session.close();
      },
    );

    it("makes the update of the contract: noise, then gradient, then rescaling, then RMSProp", async () => {
      const { model, weights } = randomModel(cell, 12, 7, 2);
      const batch = randomBatch(3, 12, [9, 4, 4]);
      for (const s of [
        settings,
        { ...settings, weightNoise: 0.075 },
        { ...settings, maxGradientNorm: 0.01, weightNoise: 0.075 },
      ]) {
        const session = await engine.open(model, stateOf(model, weights));
        const report = await session.trainStep(batch, s);
        const expected = oracle(model, noisyWeights(model, weights, s, 0), batch);
        expect(relativeError([report.nllPerStep], [expected.nllPerStep])).toBeLessThan(
          tolerance.loss,
        );
        expect(report.steps).toBe(17);
        const { parameters, updates } = await session.read();
        expect(updates).toBe(1);
        const after = expectedUpdate(weights, expected.gradient, s);
        for (const [name, w] of weights) {
          const moved = (p: ArrayLike<number>) => Array.from(p, (v, i) => v - w[i]);
          expect(
            relativeError(
              moved(parameters.get(name) as Float32Array),
              moved(after.get(name) as Float64Array),
            ),
            name,
          ).toBeLessThan(tolerance.update * 10);
        }
        await session.close();
      }
    });
  });

  it("goes on to the same bits after its state was read and written to a new session", async () => {
    const { model, weights } = randomModel(gru, 12, 7, 2);
    const batches = [0, 1, 2, 3].map((seed) => randomBatch(seed, 12, [5 + seed, 3]));
    const noisy = { ...settings, weightNoise: 0.075 };
    const first = await engine.open(model, stateOf(model, weights));
    for (const batch of batches.slice(0, 2)) await first.trainStep(batch, noisy);
    const second = await engine.open(model, stateOf(model, weights));
    await second.write(await first.read());
    for (const batch of batches.slice(2))
      for (const session of [first, second]) await session.trainStep(batch, noisy);
    same(await first.read(), await second.read());
    expect((await first.read()).updates).toBe(4);
    await first.close();
    await second.close();
  });

  it("names the update and the tensor when a number is not finite, and leaves the parameters as they were", async () => {
    const { model, weights } = randomModel(tanh, 6, 4, 2);
    const batch = randomBatch(1, 6, [3, 2]);
    const broken = new Map(weights).set("b_y", new Float64Array(6).fill(3e38));
    const session = await engine.open(model, stateOf(model, broken));
    const before = await session.read();
    await expect(session.trainStep(batch, settings)).rejects.toThrow(
      "got NaN or infinity in the loss at update 1",
    );
    same(await session.read(), before);
    await session.close();
  });
});

describe("the comparison of updates notices", () => {
  const { model, weights } = randomModel(gru, 12, 7, 2);
  const batch = randomBatch(3, 12, [9, 4, 4]);
  const clipped = { ...settings, maxGradientNorm: 0.01, weightNoise: 0.075 };
  const { gradient } = oracle(model, noisyWeights(model, weights, clipped, 0), batch);
  const right = expectedUpdate(weights, gradient, clipped);
  const worst = (update: Weights) =>
    Math.max(
      ...[...weights].map(([name, w]) => {
        const moved = (p: Weights) => (p.get(name) as Float64Array).map((v, i) => v - w[i]);
        return relativeError(moved(update), moved(right));
      }),
    );
  it.each<[string, Weights]>([
    ["a gradient that is not rescaled", expectedUpdate(weights, gradient, clipped, () => 1)],
    [
      "every tensor rescaled by itself",
      expectedUpdate(weights, gradient, clipped, (g, name, most) =>
        Math.min(1, most / norm([g.get(name) as Float64Array])),
      ),
    ],
    [
      "rescaling before the gradient: of the loss",
      expectedUpdate(weights, gradient, clipped, () =>
        Math.min(1, 0.01 / oracle(model, weights, batch).nllPerStep),
      ),
    ],
    [
      "noise that the gradient does not see",
      expectedUpdate(weights, oracle(model, weights, batch).gradient, clipped),
    ],
    [
      "noise of another update",
      expectedUpdate(
        weights,
        oracle(model, noisyWeights(model, weights, clipped, 1), batch).gradient,
        clipped,
      ),
    ],
  ])("%s", (_, mutant) => {
    expect(worst(mutant)).toBeGreaterThan(100 * tolerance.update);
  });
});
