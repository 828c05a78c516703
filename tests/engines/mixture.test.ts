import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { paperCells } from "../../lib/cells/index.js";
import { tanh } from "../../lib/cells/tanh.js";
import type { StepSettings } from "../../lib/engines/engine.js";
import { GatedRnnError, NotFiniteError } from "../../lib/errors.js";
import { initialState } from "../../lib/model/initialise.js";
import { model } from "../../lib/model/model.js";
import {
  bernoulli,
  deviationFloor,
  gaussianMixture,
  type Output,
} from "../../lib/outputs/index.js";
import {
  denseRows,
  packed,
  randomBatch,
  randomModel,
  randomSound,
  relativeError,
  stateOf,
} from "../oracle/examples.js";
import { oracle } from "../oracle/oracle.js";
import { stepNll } from "../oracle/outputs.js";
import { availableEngines } from "./available.js";

/** Single precision, over sums of some hundred terms. */
const tolerance = 1e-5;

/** Made by tests/fixtures/make_mixture.py with torch.distributions in float64. */
interface Fixture {
  readonly hiddenSize: number;
  readonly deviationFloor: number;
  readonly cases: {
    samples: number;
    components: number;
    sound: number[][][];
    weights: Numbers;
    nll: number[];
    gradient: Numbers;
  }[];
}
type Numbers = Record<string, number[]>;
const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/mixture.json", import.meta.url), "utf8"),
);

const settings: StepSettings = {
  learningRate: 1e-3,
  weightNoise: 0,
  noiseSeed: 1,
  maxGradientNorm: 1,
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};

const shapes = [
  { samples: 1, components: 1, hiddenSize: 3, lengths: [4, 1] },
  { samples: 3, components: 5, hiddenSize: 7, lengths: [6, 2, 6, 1] },
  { samples: 2, components: 33, hiddenSize: 5, lengths: [3] },
  { samples: 10, components: 20, hiddenSize: 17, lengths: [12, 9, 9, 2, 1] },
];

/** A model whose readout is `readout` whatever it hears, and its oracle for one step with the given samples. */
function constantReadout(output: Output, readout: readonly number[], samples: readonly number[]) {
  const m = model(tanh, output.targetSize, 2, output);
  const weights = new Map(
    m.parameters.map(({ name, shape }) => [
      name,
      new Float64Array(shape.reduce((a, b) => a * b, 1)),
    ]),
  );
  weights.set("b_y", Float64Array.from(readout, Math.fround));
  const batch = packed(
    output.targetSize,
    [{ input: [samples.map(() => 0)], target: [[...samples]] }],
    denseRows,
  );
  const expected = stepNll(
    output,
    weights.get("b_y") as Float64Array,
    Float64Array.from(samples, Math.fround),
  );
  return { model: m, state: stateOf(m, weights), batch, expected };
}

describe.each(await availableEngines())(
  "the mixture of Gaussians in the $build engine",
  (engine) => {
    describe.each(paperCells)("behind $name", (cell) => {
      it.each(shapes)(
        "has the float64 oracle's NLL and gradient: $components components, $samples samples, lengths $lengths",
        async (shape) => {
          const output = gaussianMixture(shape.samples, shape.components);
          const { model, weights } = randomModel(cell, shape.samples, shape.hiddenSize, 3, output);
          const batch = randomSound(4, shape.samples, shape.lengths);
          const expected = oracle(model, weights, batch);
          for (const threads of [1, 3]) {
            const session = await engine.open(model, stateOf(model, weights), { threads });
            const sequences = await session.evaluate(batch);
            expect(sequences.map((s) => s.steps)).toEqual(shape.lengths.toSorted((a, b) => b - a));
            const [actual, exact] = [sequences, expected.sequences].map((list) =>
              list.map((s) => s.nll),
            );
            expect(relativeError(actual, exact)).toBeLessThan(tolerance);
            const gradient = await session.gradient(batch);
            for (const [name, values] of expected.gradient)
              expect(
                relativeError(gradient.get(name) ?? [], values),
                `${name}, ${threads} threads`,
              ).toBeLessThan(tolerance);
            await session.close();
          }
        },
      );
    });

    it.each(fixture.cases)(
      "agrees with torch.distributions: $components components over $samples samples",
      async (expected) => {
        expect(deviationFloor).toBe(fixture.deviationFloor);
        const m = model(
          tanh,
          expected.samples,
          fixture.hiddenSize,
          gaussianMixture(expected.samples, expected.components),
        );
        const weights = new Map(
          Object.entries(expected.weights).map(([name, w]) => [name, Float64Array.from(w)]),
        );
        const sound = expected.sound.map((steps) => ({
          input: steps.slice(0, -1),
          target: steps.slice(1),
        }));
        const batch = packed(expected.samples, sound, denseRows);
        const session = await engine.open(m, stateOf(m, weights));
        const nll = (await session.evaluate(batch)).map((s) => s.nll);
        expect(relativeError(nll, expected.nll)).toBeLessThan(tolerance);
        const gradient = await session.gradient(batch);
        for (const [name, values] of Object.entries(expected.gradient))
          expect(relativeError(gradient.get(name) ?? [], values), name).toBeLessThan(tolerance);
        await session.close();
      },
    );

    const two = gaussianMixture(3, 2);
    // readout: 2 logits, 3 × 2 means, 3 × 2 raw deviations
    const readout = {
      logits: [0.3, -0.2],
      means: [0.1, -0.1, 0.5, 0, -0.4, 0.2],
      raw: [0.2, -0.3, 0.5, -1, 0, 0.1],
    };
    const put = (change: Partial<typeof readout>) => [
      ...(change.logits ?? readout.logits),
      ...(change.means ?? readout.means),
      ...(change.raw ?? readout.raw),
    ];
    const same = (value: number) => Array.from({ length: 6 }, () => value);
    const extremes: [string, number[], number[]][] = [
      ["silence", put({}), [0, 0, 0]],
      [
        "silence before anything was learnt",
        put({ logits: [0, 0], means: same(0), raw: same(0) }),
        [0, 0, 0],
      ],
      [
        "silence with the deviations at the floor and the means on it",
        put({ means: same(0), raw: same(-100) }),
        [0, 0, 0],
      ],
      ["clipping at 1 and −1", put({}), [1, -1, 1]],
      ["clipping with the deviations at the floor", put({ raw: same(-100) }), [1, -1, 1]],
      ["samples of 1e6", put({}), [1e6, -1e6, 1e6]],
      [
        "samples of 1e6 with the deviations at the floor",
        put({ raw: same(-1e6) }),
        [1e6, -1e6, 1e6],
      ],
      ["deviations of 1e6", put({ raw: same(1e6) }), [1, -1, 0.5]],
      ["means of 1e6", put({ means: same(1e6) }), [1, -1, 0.5]],
      ["one component a million away", put({ means: [1e6, -0.1, 1e6, 0, 1e6, 0.2] }), [1, -1, 0.5]],
      ["one component without weight", put({ logits: [1e6, -1e6] }), [1, -1, 0.5]],
    ];
    it.each(extremes)("stays finite and exact: %s", async (_, y, samples) => {
      const { model, state, batch, expected } = constantReadout(two, y, samples);
      const session = await engine.open(model, state);
      expect(relativeError([(await session.evaluate(batch))[0].nll], [expected.nll])).toBeLessThan(
        tolerance,
      );
      const slope = (await session.gradient(batch)).get("b_y") as Float32Array;
      expect(slope.every(Number.isFinite)).toBe(true);
      expect(relativeError(slope, expected.slope)).toBeLessThan(tolerance);
      const { nllPerStep } = await session.trainStep(batch, settings);
      expect(relativeError([nllPerStep], [expected.nll])).toBeLessThan(tolerance);
      await session.close();
    });

    it("says so where single precision overflows, and leaves the parameters as they were", async () => {
      const { model, state, batch } = constantReadout(two, put({}), [1e25, 0, 0]);
      const session = await engine.open(model, state);
      await expect(session.trainStep(batch, settings)).rejects.toThrow(NotFiniteError);
      expect((await session.read()).parameters.get("b_y")).toEqual(state.parameters.get("b_y"));
      await session.close();
    });

    it("learns to predict a sine from its own past", async () => {
      const output = gaussianMixture(4, 3);
      const sine = (piece: number) =>
        Array.from({ length: 21 }, (_, t) =>
          Array.from({ length: 4 }, (_, d) => Math.SQRT2 * Math.sin(0.3 * (4 * t + d) + piece)),
        );
      const pieces = Array.from({ length: 8 }, (_, p) => ({
        input: sine(p).slice(0, -1),
        target: sine(p).slice(1),
      }));
      const batch = packed(4, pieces, denseRows);
      const { model: m } = randomModel(tanh, 4, 8, 1, output);
      const session = await engine.open(m, initialState(m, 1));
      const before = (await session.trainStep(batch, settings)).nllPerStep;
      for (let update = 0; update < 150; update++)
        await session.trainStep(batch, { ...settings, learningRate: 3e-3 });
      const after = (await session.trainStep(batch, settings)).nllPerStep;
      expect(before / 4).toBeGreaterThan(1.4); // a Gaussian with the variance of the sine: 1.42 nats per sample
      expect(after / 4).toBeLessThan(0);
      await session.close();
    });
  },
);

describe("a native engine", async () => {
  const native = (await availableEngines()).filter((e) => e.name !== "reference");
  it.skipIf(native.length === 0)(
    "refuses rows that it would read beyond their end, and targets of the other kind",
    async () => {
      const check = async (
        output: Parameters<typeof randomModel>[4],
        batch: ReturnType<typeof randomBatch>,
        message: string,
      ) => {
        const { model, weights } = randomModel(tanh, 6, 3, 1, output);
        for (const engine of native) {
          const session = await engine.open(model, stateOf(model, weights));
          const refusal = await session.evaluate(batch).catch((error: unknown) => error);
          expect(refusal).toBeInstanceOf(GatedRnnError);
          expect((refusal as GatedRnnError).message).toContain(message);
        }
      };
      await check(
        bernoulli(6),
        randomSound(1, 6, [2]),
        "expected sparse target rows of 6 columns, got dense rows of 6; ",
      );
      await check(
        gaussianMixture(6),
        randomBatch(1, 6, [2]),
        "expected dense target rows of 6 columns, got sparse rows of 6; ",
      );
      await check(
        gaussianMixture(5),
        randomSound(1, 6, [2]),
        "expected dense target rows of 5 columns, got dense rows of 6; ",
      );
      await check(
        gaussianMixture(6),
        randomSound(1, 5, [2]),
        "expected dense input rows of 6 columns, got dense rows of 5; ",
      );
    },
  );
});
