// The C source under AddressSanitizer and UndefinedBehaviorSanitizer, and its threads under ThreadSanitizer:
// npx vitest run --config tests/sanitizers/vitest.config.mts
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperCells } from "../../lib/cells/index.js";
import { lstm } from "../../lib/cells/lstm.js";
import { stack } from "../../lib/cells/stack.js";
import { NativeSession } from "../../lib/engines/native/session.js";
import { NativeStream } from "../../lib/engines/native/stream.js";
import { categorical, gaussian, gaussianMixture, poisson } from "../../lib/outputs/index.js";
import { everyOp, mgu } from "../oracle/cells.js";
import {
  randomBatch,
  randomModel,
  randomSound,
  randomTargets,
  relativeError,
  stateOf,
} from "../oracle/examples.js";
import { dense, oracle } from "../oracle/oracle.js";
import { laplace, unfused } from "../oracle/own-outputs.js";
import { runTeam, Sanitized, shortenRegions, watchArenas } from "./sanitized.js";

const settings = {
  ...{ learningRate: 1e-3, weightNoise: 0.075, noiseSeed: 3, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
};
const memory = [
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  "-fno-omit-frame-pointer",
];
const variants = [
  { name: "address and undefined, 4 lanes", flags: memory },
  { name: "address and undefined, this machine's lanes", flags: [...memory, "-march=native"] },
  { name: "thread", flags: ["-fsanitize=thread", "-march=native"] },
];
const shapes = [
  { hiddenSize: 1, width: 1, lengths: [1] },
  { hiddenSize: 3, width: 5, lengths: [7, 3, 2, 2, 1] },
  { hiddenSize: 17, width: 33, lengths: [5, 5, 4, 4, 4, 1, 1] },
  { hiddenSize: 46, width: 88, lengths: Array.from({ length: 16 }, (_, i) => 1 + ((i * 7) % 9)) },
];

beforeAll(watchArenas);

describe.each(variants)("the C source under sanitizers: $name", ({ name, flags }) => {
  const kernels = new Sanitized(name, flags);
  afterAll(() => kernels.remove());

  it("a team of threads makes each piece of work once, and leaves one that is over alone", () => {
    expect(Number(runTeam(flags))).toBeGreaterThan(100);
  });

  it.each([3, 17])("streams do nothing that is undefined: hidden %d", (hiddenSize) => {
    const { model, weights } = randomModel(stack(everyOp, lstm), 5, hiddenSize, 5);
    const { parameters } = stateOf(model, weights);
    const streams = new NativeStream(kernels, model, parameters, 3);
    streams.stepSparse([0, 4, 2], [0, 2, 2, 3]);
    const saved = streams.state();
    const dense = streams.step([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]).slice();
    streams.restore(saved);
    expect(streams.stepSparse([0, 1], [0, 1, 2, 2])).toEqual(dense);
  });

  describe.each([...paperCells, mgu, everyOp])("$name", (cell) => {
    it.each(shapes)(
      "does nothing that is undefined: hidden $hiddenSize, lengths $lengths",
      async ({ hiddenSize, width, lengths }) => {
        const { model, weights } = randomModel(cell, width, hiddenSize, 5);
        const sparse = randomBatch(8, width, lengths);
        const values = Float32Array.from(dense(sparse.input));
        const expected = oracle(model, weights, sparse);
        const losses = expected.sequences.map((s) => s.nll);
        for (const batch of [
          sparse,
          { ...sparse, input: { kind: "dense", width, values } as const },
        ])
          for (const threads of [1, 3]) {
            const session = new NativeSession(kernels, model, stateOf(model, weights), threads);
            expect(
              relativeError(
                (await session.evaluate(batch)).map((s) => s.nll),
                losses,
              ),
            ).toBeLessThan(1e-5);
            const gradient = await session.gradient(batch);
            for (const [parameter, g] of expected.gradient)
              expect(
                relativeError(gradient.get(parameter) as Float32Array, g),
                parameter,
              ).toBeLessThan(1e-4);
            await session.trace(batch);
            for (let update = 0; update < 2; update++) await session.trainStep(batch, settings);
          }
      },
    );
  });

  it.each([
    { samples: 1, components: 1, lengths: [1] },
    { samples: 5, components: 3, lengths: [4, 2, 2] },
    { samples: 10, components: 20, lengths: [3, 3, 1, 1, 1] },
  ])(
    "does nothing that is undefined with $components Gaussians over $samples samples",
    async ({ samples, components, lengths }) => {
      const { model, weights } = randomModel(
        paperCells[1],
        samples,
        7,
        5,
        gaussianMixture(samples, components),
      );
      const batch = randomSound(8, samples, lengths);
      const { sequences, gradient } = oracle(model, weights, batch);
      for (const threads of [1, 2]) {
        const session = new NativeSession(kernels, model, stateOf(model, weights), threads);
        const losses = (await session.evaluate(batch)).map((s) => s.nll);
        expect(
          relativeError(
            losses,
            sequences.map((s) => s.nll),
          ),
        ).toBeLessThan(1e-5);
        for (const [parameter, g] of await session.gradient(batch))
          expect(relativeError(g, gradient.get(parameter) as Float64Array), parameter).toBeLessThan(
            1e-4,
          );
        await session.trainStep(batch, settings);
      }
    },
  );

  it.each([categorical(5), gaussian(3), poisson(1), laplace, unfused(gaussianMixture(2, 3))])(
    "does nothing that is undefined in the equations of $name, with weights too",
    async (output) => {
      const { model, weights } = randomModel(paperCells[1], 3, 7, 5, output);
      const plain = randomTargets(8, 3, output, [9, 9, 4, 1, 1]);
      const rows = plain.stepOffsets[plain.time];
      const mask = Float32Array.from({ length: rows }, (_, r) => r % 2);
      for (const batch of [plain, { ...plain, weights: mask }])
        for (const threads of [1, 2]) {
          const { sequences, gradient } = oracle(model, weights, batch);
          const session = new NativeSession(kernels, model, stateOf(model, weights), threads);
          const losses = (await session.evaluate(batch)).map((s) => s.nll);
          const expected = sequences.map((s) => s.nll);
          expect(relativeError(losses, expected)).toBeLessThan(1e-5);
          for (const [parameter, g] of await session.gradient(batch))
            expect(
              relativeError(g, gradient.get(parameter) as Float64Array),
              parameter,
            ).toBeLessThan(1e-4);
          await session.trainStep(batch, settings);
        }
    },
  );

  it.skipIf(name === "thread")(
    "is noticed when a part of the memory is one word short",
    async () => {
      const { model, weights } = randomModel(paperCells[0], 5, 4, 5);
      const session = new NativeSession(kernels, model, stateOf(model, weights), 1);
      shortenRegions(1);
      await expect(session.evaluate(randomBatch(8, 5, [3, 2]))).rejects.toThrow(
        "AddressSanitizer: use-after-poison",
      );
      shortenRegions(0);
      await session.evaluate(randomBatch(8, 5, [3, 2]));
    },
  );
});
