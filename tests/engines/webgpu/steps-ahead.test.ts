import { describe, expect, it, vi } from "vitest";
import { cell } from "../../../lib/cells/cell.js";
import { gru } from "../../../lib/cells/gru.js";
import type { Session, StepSettings } from "../../../lib/engines/engine.js";
import { Device } from "../../../lib/engines/webgpu/device.js";
import { webGpu } from "../../../lib/engines/webgpu/index.js";
import { GatedRnnError } from "../../../lib/errors.js";
import { randomBatch, randomModel, stateOf } from "../../oracle/examples.js";
import { availableWebGpu, webGpuBackend } from "../available.js";

const found = await availableWebGpu();

const settings: StepSettings = {
  ...{ learningRate: 0.01, weightNoise: 0.075, noiseSeed: 11, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};

/** All batches, with up to so many steps under way: the reports in their order. */
async function steps(
  session: Session,
  batches: readonly Parameters<Session["trainStep"]>[0][],
  atOnce: number,
) {
  const reports = [];
  const asked = [];
  for (const batch of batches) {
    asked.push(session.trainStep(batch, settings));
    if (asked.length === atOnce) reports.push(await asked.shift());
  }
  for (const telling of asked) reports.push(await telling);
  return reports;
}

describe.skipIf(!found)(`steps that are asked for ahead, on ${found?.adapter.name}`, () => {
  const { model, weights } = randomModel(gru, 9, 6, 3);
  // of lengths that make buffers grow while a step is under way
  const batches = [[5, 3], [40, 2], [7], [90, 80, 70], [4, 4], [300]].map((lengths, k) =>
    randomBatch(k, 9, lengths),
  );

  it("have the bits of steps one at a time", async () => {
    const engine = await webGpu(webGpuBackend);
    const results = [];
    for (const atOnce of [1, 2]) {
      const session = await engine.open(model, stateOf(model, weights));
      expect(session.stepsAtOnce).toBe(2);
      const reports = await steps(session, batches, atOnce);
      results.push({ reports, state: await session.read() });
      expect(session.activationBytes).toBeGreaterThan(300 * 6 * 4);
      await session.close();
    }
    expect(results[1]).toEqual(results[0]);
  });

  it("have them beside other runs, too, each with as many as it likes", async () => {
    const results = [];
    for (const [sideBySide, atOnce] of [
      [1, [1, 1, 1]],
      [3, [2, 1, 2]],
    ] as const) {
      const engine = await webGpu(webGpuBackend, { sideBySide });
      const run = async (k: number) => {
        const session = await engine.open(model, stateOf(model, weights));
        const reports = await steps(session, batches.slice(k), atOnce[k]);
        const state = await session.read();
        await session.close();
        return { reports, state };
      };
      const runs = [];
      if (sideBySide === 1) for (const k of [0, 1, 2]) runs.push(await run(k));
      else runs.push(...(await Promise.all([0, 1, 2].map(run))));
      results.push(runs);
    }
    expect(results[1]).toEqual(results[0]);
  });

  it("are refused beyond two, and beside anything else", async () => {
    const session = await (await webGpu(webGpuBackend)).open(model, stateOf(model, weights));
    const two = [session.trainStep(batches[0], settings), session.trainStep(batches[1], settings)];
    await expect(session.trainStep(batches[2], settings)).rejects.toThrow(
      "trainStep: expected 2 calls at a time, got it during trainStep; await that first",
    );
    await expect(session.read()).rejects.toThrow("read: expected one call at a time");
    await Promise.all(two);
    await session.close();
  });

  it("leave nothing where the one before was refused", async () => {
    const engine = await webGpu(webGpuBackend);
    const session = await engine.open(model, stateOf(model, weights));
    const fresh = await engine.open(model, stateOf(model, weights));
    for (const one of [session, fresh]) await one.trainStep(batches[0], settings);
    const before = await session.read();
    const spy = vi.spyOn(Device.prototype, "checkBuffer").mockImplementationOnce(() => {
      throw new GatedRnnError("usage", "too large");
    });
    const told = await Promise.allSettled([
      session.trainStep(batches[1], settings),
      session.trainStep(batches[2], settings),
    ]);
    spy.mockRestore();
    for (const one of told)
      expect(one).toMatchObject({ status: "rejected", reason: { message: "too large" } });
    expect(await session.read()).toEqual(before);
    expect(await session.trainStep(batches[3], settings)).toEqual(
      await fresh.trainStep(batches[3], settings),
    );
    await session.close();
    await fresh.close();
  });

  const growing = cell("growing-ahead", ({ input, hidden, affine }) => ({
    h: affine("h", input, hidden),
  }));
  const explosive = randomModel(growing, 9, 6, 2);
  explosive.weights.set("U_h", new Float64Array(36).fill(2 ** 40));
  const poisoned = randomBatch(5, 9, [9, 4]);
  const sound = randomBatch(6, 9, [1]);
  const quiet = { ...settings, weightNoise: 0 };

  it.each([
    ["the loss or the gradient", quiet, poisoned],
    ["the updated parameters", { ...quiet, learningRate: 3e38, maxGradientNorm: 1e30 }, sound],
  ] as const)(
    "leave nothing where %s of the one before is not finite",
    async (_, broken, batch) => {
      const engine = await webGpu(webGpuBackend);
      const alone = await engine.open(explosive.model, stateOf(explosive.model, explosive.weights));
      const cause = await alone.trainStep(batch, broken).catch((error: Error) => error.message);
      expect(cause).toMatch(/got NaN or infinity in .* at update 1/);
      await alone.close();

      const session = await engine.open(
        explosive.model,
        stateOf(explosive.model, explosive.weights),
      );
      const before = await session.read();
      const told = await Promise.allSettled([
        session.trainStep(batch, broken),
        session.trainStep(sound, quiet),
      ]);
      for (const one of told)
        expect(one).toMatchObject({ status: "rejected", reason: { message: cause } });
      expect(await session.read()).toEqual(before);

      const fresh = await engine.open(explosive.model, stateOf(explosive.model, explosive.weights));
      expect(await session.trainStep(sound, quiet)).toEqual(await fresh.trainStep(sound, quiet));
      expect(await session.read()).toEqual(await fresh.read());
      await session.close();
      await fresh.close();
    },
  );
});
