import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { gru } from "../../../lib/cells/gru.js";
import { lstm } from "../../../lib/cells/lstm.js";
import { memoryless } from "../../../lib/cells/memoryless.js";
import { tanh } from "../../../lib/cells/tanh.js";
import { syntheticChorales } from "../../../lib/data/synthetic.js";
import type { StepSettings } from "../../../lib/engines/engine.js";
import { defaultEngine, openEngine } from "../../../lib/engines/index.js";
import { Device } from "../../../lib/engines/webgpu/device.js";
import { webGpu } from "../../../lib/engines/webgpu/index.js";
import { GatedRnnError } from "../../../lib/errors.js";
import { model } from "../../../lib/model/model.js";
import { bernoulli } from "../../../lib/outputs/index.js";
import { train } from "../../../lib/train/train.js";
import { everyOp } from "../../oracle/cells.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../../oracle/examples.js";
import { oracle } from "../../oracle/oracle.js";
import { availableWebGpu, webGpuBackend } from "../available.js";

const found = await availableWebGpu();

const settings: StepSettings = {
  ...{ learningRate: 0.01, weightNoise: 0.075, noiseSeed: 11, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};

const refusal = async (work: Promise<unknown>): Promise<GatedRnnError> => {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(GatedRnnError);
  return error as GatedRnnError;
};

describe.skipIf(!found)(`WebGPU on ${found?.adapter.name}`, () => {
  it("gives runs side by side the bits that they have alone", async () => {
    const width = 7;
    const runs = [1, 2, 3].map((seed) => ({
      ...randomModel(gru, width, 5, seed),
      settings: { ...settings, learningRate: 0.003 * seed, noiseSeed: seed },
      batches: [0, 1, 2].map((step) =>
        randomBatch(10 * seed + step, width, step === 1 ? [300, 2] : [4 * seed, 3, 1]),
      ),
    }));
    const carryOut = async (
      engine: Awaited<ReturnType<typeof webGpu>>,
      { model, weights, settings, batches }: (typeof runs)[number],
    ) => {
      const session = await engine.open(model, stateOf(model, weights));
      const reports = [];
      for (const batch of batches) reports.push(await session.trainStep(batch, settings));
      const nll = await session.evaluate(batches[0]);
      const state = await session.read();
      await session.close();
      return { reports, nll, state };
    };
    const engine = await webGpu(webGpuBackend);
    const alone = [];
    for (const run of runs) alone.push(await carryOut(engine, run));
    const dispatches = engine.usage().dispatches;
    const together = await webGpu(webGpuBackend, { sideBySide: 8 });
    expect(await Promise.all(runs.map((run) => carryOut(together, run)))).toEqual(alone);
    expect(together.usage().dispatches).toBe(dispatches / 3);
  });

  it("goes on with the others when a run leaves, and gives its place to a new one", async () => {
    const { model, weights } = randomModel(tanh, 5, 4, 1);
    const engine = await webGpu(webGpuBackend, { sideBySide: 2 });
    const batch = randomBatch(1, 5, [3]);
    const [first, second] = [
      await engine.open(model, stateOf(model, weights)),
      await engine.open(model, stateOf(model, weights)),
    ];
    const waiting = first.evaluate(batch);
    await second.close();
    const third = engine.open(model, stateOf(model, weights));
    const [nll] = await waiting;
    const beside = await third;
    const both = await Promise.all([first.evaluate(batch), beside.evaluate(batch)]);
    expect(both).toEqual([[nll], [nll]]);
    await first.close();
    await beside.close();
  });

  it.each([lstm, everyOp, memoryless])(
    "computes $name with weights kept in workgroup memory, too, as the float64 oracle",
    async (cell) => {
      const { model, weights } = randomModel(cell, 6, 5, 4);
      const batch = randomBatch(2, 6, [9, 4, 4, 1]);
      const expected = oracle(model, weights, batch);
      const session = await (await webGpu(webGpuBackend, { keepWeights: true })).open(
        model,
        stateOf(model, weights),
      );
      const gradient = await session.gradient(batch);
      for (const [name, values] of expected.gradient)
        expect(relativeError(gradient.get(name) ?? [], values), name).toBeLessThan(1e-5);
      await session.close();
    },
  );

  it("refuses what is larger than the device before anything runs", async () => {
    const engine = await webGpu(webGpuBackend);
    const huge = model(gru, 4, 5_000, bernoulli(4));
    const tooWide = await refusal(engine.check?.(huge) ?? Promise.resolve());
    expect(tooWide.code).toBe("usage");
    expect(tooWide.message).toMatch(
      /^webgpu engine: forward loop of gru: expected at most \d+ bytes of workgroup memory on .+, got \d+; use fewer hidden units$/,
    );

    const tooWideToTrain = await refusal(
      train({ dataset: syntheticChorales(), cell: gru, hiddenSize: 5_000, engine }),
    );
    expect(tooWideToTrain.message).toMatch(/use fewer hidden units$/);

    const { model: m, weights } = randomModel(tanh, 4, 60, 1);
    const session = await engine.open(m, stateOf(m, weights));
    const before = engine.usage().dispatches;
    const size = 1 << 11;
    const time = 1 << 12;
    const rows = {
      kind: "sparse",
      width: 4,
      offsets: new Int32Array(size * time + 1),
      columns: new Int32Array(0),
    } as const;
    const stepOffsets = Int32Array.from({ length: time + 1 }, (_, t) => t * size);
    const batch = {
      size,
      time,
      stepOffsets,
      lengths: new Int32Array(size).fill(time),
      sources: new Int32Array(size),
      input: rows,
      target: rows,
    };
    const tooLong = await refusal(session.trainStep(batch, settings));
    expect(tooLong.code).toBe("usage");
    expect(tooLong.message).toMatch(
      /expected at most \d+ MiB in one buffer on .+, got \d+; use fewer steps × sequences$/,
    );
    expect(engine.usage().dispatches).toBe(before);
    await session.evaluate(randomBatch(1, 4, [3]));
    await session.close();
  });

  it("evaluates in parts what does not fit the device at once, to the same bits", async () => {
    const engine = await webGpu(webGpuBackend);
    const { model: m, weights } = randomModel(tanh, 4, 6, 1);
    const session = await engine.open(m, stateOf(m, weights));
    const batch = randomBatch(1, 4, [40, 40, 31, 9, 2]);
    const whole = await session.evaluate(batch);
    const before = engine.usage().dispatches;
    const spy = vi.spyOn(Device.prototype, "mostBytes").mockReturnValue(6_000);
    try {
      expect(await session.evaluate(batch)).toEqual(whole);
      expect(engine.usage().dispatches).toBeGreaterThan(before + 5);
      expect((await refusal(session.trainStep(batch, settings))).message).toMatch(
        /use fewer steps × sequences$/,
      );
    } finally {
      spy.mockRestore();
      await session.close();
    }
  });

  it("tells of a lost device, and the same training goes on from its checkpoint to the same bits", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gated-rnn-webgpu-"));
    try {
      const engine = await webGpu(webGpuBackend);
      const dataset = syntheticChorales();
      const small = {
        ...dataset,
        train: dataset.train.slice(0, 6),
        valid: dataset.valid.slice(0, 2),
        test: dataset.test.slice(0, 2),
      };
      const run = { dataset: small, cell: tanh, hiddenSize: 3, epochs: 3, engine };
      const undisturbed = await train(run);
      const checkpoint = join(folder, "run.safetensors");
      let saved = 0;
      const onCheckpoint = () => {
        if (++saved === 4) engine.loseDevice();
      };
      const lost = await refusal(train({ ...run, checkpoint, checkpointSeconds: 0, onCheckpoint }));
      expect(lost.code).toBe("engine");
      expect(lost.message).toMatch(
        /got the device lost \(destroyed\).*; the same command goes on from the last checkpoint$/,
      );
      const resumed = await train({ ...run, checkpoint, checkpointSeconds: 0 });
      expect(resumed.parameters).toEqual(undisturbed.parameters);
      expect(resumed.record.results).toEqual(undisturbed.record.results);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("reaches the native engine's NLL in a whole training, and its memory does not grow", async () => {
    const engine = await webGpu(webGpuBackend);
    const dataset = syntheticChorales();
    const small = {
      ...dataset,
      train: dataset.train.slice(0, 24),
      valid: dataset.valid.slice(0, 8),
      test: dataset.test.slice(0, 8),
    };
    const run = {
      dataset: small,
      cell: gru,
      hiddenSize: 6,
      epochs: 12,
      batchSize: 8,
      learningRate: 0.01,
      weightNoise: 0.02,
    };
    const bytes: number[] = [];
    const gpu = await train({ ...run, engine, onProgress: () => bytes.push(engine.usage().bytes) });
    const native = await train({ ...run, engine: await openEngine("native-wasm") });
    for (const split of ["train", "valid", "test"] as const)
      expect(
        Math.abs(gpu.record.results[split].nllPerStep - native.record.results[split].nllPerStep),
        split,
      ).toBeLessThan(0.01);
    expect(
      gpu.record.curve[0].valid.nllPerStep - gpu.record.results.valid.nllPerStep,
    ).toBeGreaterThan(1);
    // but for a report's 256 bytes, when two steps are under way for the first time
    const later = bytes.slice(bytes.length >> 1);
    expect(Math.max(...later) - Math.min(...later)).toBeLessThanOrEqual(256);
    expect(engine.usage().bytes).toBe(0);
  });

  it.runIf(found?.adapter.isSoftware)(
    "is never taken for a GPU, nor by default, and says what it is",
    async () => {
      expect(found?.build).toMatch(/\(software\)$/);
      expect((await refusal(webGpu())).message).toMatch(
        /expected a GPU, got .+, which is software; the backend software takes it nonetheless/,
      );
      expect((await defaultEngine()).name).not.toBe("webgpu");
    },
  );
});

it.runIf(process.platform === "linux" && process.arch === "x64")(
  "WebGPU has an adapter in tests, so that none of them is left out unseen",
  () => {
    expect(found).toBeDefined();
  },
);

it("WebGPU refuses a backend that there is not", async () => {
  expect((await refusal(openEngine("webgpu", "cuda"))).message).toBe(
    "webgpu engine: expected a backend of gpu, software, null, got cuda",
  );
});
