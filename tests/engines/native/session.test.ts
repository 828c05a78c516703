import { describe, expect, it } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { lstm } from "../../../lib/cells/lstm.js";
import { tanh } from "../../../lib/cells/tanh.js";
import type { Batch } from "../../../lib/data/batch.js";
import type { Session, StepSettings } from "../../../lib/engines/engine.js";
import type { NativeSession } from "../../../lib/engines/native/session.js";
import { generator } from "../../../lib/random/generator.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../../oracle/examples.js";
import { dense } from "../../oracle/oracle.js";
import { engines } from "./builds.js";

const settings: StepSettings = {
  ...{ learningRate: 1e-3, weightNoise: 0.075, noiseSeed: 5, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
};

/** Everything that a session would go on from, as bytes. */
async function bits(session: Session): Promise<string> {
  const { parameters, optimiser, updates } = await session.read();
  const parts = [parameters, ...optimiser.values()].flatMap((part) => [...part.values()]);
  return `${updates} ${parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength).toString("base64")).join(" ")}`;
}

const withDenseInput = (batch: Batch): Batch => ({
  ...batch,
  input: { kind: "dense", width: batch.input.width, values: Float32Array.from(dense(batch.input)) },
});

describe.each(await engines())("a session of $build", (engine) => {
  const threadCounts = engine.build.includes("addon") ? [1, 2] : [1];

  it.each(threadCounts)(
    "goes on to the same bits from a state saved at a random step, on %i threads",
    async (threads) => {
      const random = generator(31, "step to save at");
      const batches = Array.from({ length: 7 }, (_, seed) =>
        randomBatch(seed, 12, [5 + 3 * seed, 4, 3, 3, 1]),
      );
      for (let trial = 0; trial < 5; trial++) {
        const { model, weights } = randomModel(lstm, 12, 19, trial);
        const savedAt = 1 + Math.floor(random.uniform() * 29);
        const first = await engine.open(model, stateOf(model, weights), { threads });
        const second = await engine.open(model, stateOf(model, weights), { threads });
        for (let step = 0; step < 30; step++) {
          if (step === savedAt) await second.write(await first.read());
          await first.trainStep(batches[step % 7], settings);
          if (step >= savedAt) await second.trainStep(batches[step % 7], settings);
        }
        expect(await bits(second), `saved at step ${savedAt}`).toBe(await bits(first));
        await first.close();
        await second.close();
      }
    },
  );

  it("grows no memory over 10,000 steps", async () => {
    const { model, weights } = randomModel(gru, 12, 5, 2);
    const batches = [0, 1, 2, 3].map((seed) => randomBatch(seed, 12, [12, 9, 3 + seed]));
    const session = (await engine.open(model, stateOf(model, weights), {
      threads: 2,
    })) as NativeSession;
    const settled = 3000;
    let bytes = 0;
    let resident = 0;
    for (let step = 0; step < 10_000 + settled; step++) {
      await session.trainStep(batches[step % 4], settings);
      if (step === settled) [bytes, resident] = [session.arenaBytes(), process.memoryUsage.rss()];
    }
    expect(session.arenaBytes()).toBe(bytes);
    // one lost batch (40 KiB) a step would be 400 MiB
    expect(process.memoryUsage.rss() - resident).toBeLessThan(64 * 2 ** 20);
    await session.close();
  });

  it("names a gradient that is not finite while the loss is, and leaves everything as it was", async () => {
    const { model, weights } = randomModel(tanh, 8, 1, 2);
    const huge = new Map([...weights].map(([name, w]) => [name, w.map(() => 0)]))
      .set("b_h", Float64Array.of(1e-3))
      .set("W_y", new Float64Array(8).fill(2e38));
    expect([...huge.keys()].sort()).toEqual([...weights.keys()].sort());
    const silent = randomBatch(1, 8, [1], 0);
    const session = await engine.open(model, stateOf(model, huge));
    expect(Number.isFinite((await session.evaluate(silent))[0].nll)).toBe(true);
    const before = await bits(session);
    await expect(session.trainStep(silent, settings)).rejects.toThrow(
      "in the gradient of U_h at update 1",
    );
    expect(await bits(session)).toBe(before);
    await session.close();
  });

  it("clips, moves and counts nothing in a step that fails, and goes on after it", async () => {
    const { model, weights } = randomModel(gru, 8, 6, 2);
    const batch = randomBatch(1, 8, [7, 4]);
    const session = await engine.open(model, stateOf(model, weights));
    const other = await engine.open(model, stateOf(model, weights));
    const state = await session.read();
    const parameters = new Map(state.parameters).set("b_y", new Float32Array(8).fill(3e38));
    await session.write({ ...state, parameters });
    const before = await bits(session);
    await expect(session.trainStep(batch, settings)).rejects.toThrow("in the loss at update 1");
    expect(await bits(session)).toBe(before);
    await session.write(state);
    for (const each of [session, other]) await each.trainStep(batch, settings);
    expect(await bits(session)).toBe(await bits(other));
    await session.close();
    await other.close();
  });

  it.each([1, 46])(
    "computes the same from sparse and dense input: hidden %i",
    async (hiddenSize) => {
      for (const cell of [tanh, gru, lstm]) {
        const { model, weights } = randomModel(cell, 88, hiddenSize, 3);
        const batch = randomBatch(2, 88, [30, 30, 17, 2, 1]);
        const session = await engine.open(model, stateOf(model, weights));
        const nll = async (b: Batch) => (await session.evaluate(b)).map((s) => s.nll);
        expect(relativeError(await nll(withDenseInput(batch)), await nll(batch))).toBeLessThan(
          1e-6,
        );
        const expected = await session.gradient(batch);
        for (const [name, gradient] of await session.gradient(withDenseInput(batch)))
          expect(relativeError(gradient, expected.get(name) as Float32Array), name).toBeLessThan(
            1e-5,
          );
        await session.close();
      }
    },
  );
});
