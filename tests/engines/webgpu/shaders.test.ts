import { describe, expect, it } from "vitest";
import { cell } from "../../../lib/cells/cell.js";
import { paperCells } from "../../../lib/cells/index.js";
import { memoryless } from "../../../lib/cells/memoryless.js";
import { zoo } from "../../../lib/cells/zoo/index.js";
import type { StepSettings } from "../../../lib/engines/engine.js";
import { Device } from "../../../lib/engines/webgpu/device.js";
import { webGpu } from "../../../lib/engines/webgpu/index.js";
import { GatedRnnError, NotFiniteError } from "../../../lib/errors.js";
import { initialState } from "../../../lib/model/initialise.js";
import { model } from "../../../lib/model/model.js";
import { bernoulli, gaussianMixture } from "../../../lib/outputs/index.js";
import { everyOp, mgu } from "../../oracle/cells.js";
import { randomBatch, randomSound } from "../../oracle/examples.js";

// Dawn without a driver: it validates every shader, binding and dispatch, and computes nothing.

const settings: StepSettings = {
  ...{ learningRate: 0.01, weightNoise: 0.075, noiseSeed: 11, maxGradientNorm: 1 },
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
};

/** An affine product of an affine product, a state that is an affine product, and gates that see the input only. */
const linear = cell("linear", ({ input: x, hidden: h, affine, times }) => {
  const gate = affine("a", x);
  return { h: affine("b", affine("c", times(gate, h), h)) };
});

describe.each([...paperCells, mgu, everyOp, linear, memoryless])("the kernels of $name", (unit) => {
  it.each([
    ["keys, weights kept in workgroup memory", bernoulli(9), true, 33],
    ["keys, weights read from where they are", bernoulli(9), false, 300],
    ["samples", gaussianMixture(3, 20), true, 7],
  ] as const)(
    "are valid, and 11 dispatches make a step of any length: %s",
    async (_, output, keepWeights, hiddenSize) => {
      const engine = await webGpu("null", { keepWeights });
      const width = output.targetSize;
      const m = model(unit, width, hiddenSize, output);
      const session = await engine.open(m, initialState(m, 1));
      const batchOf = output.target === "keys" ? randomBatch : randomSound;
      for (const lengths of [[3, 1], Array.from({ length: 5 }, (_, b) => 400 - b)]) {
        const before = engine.usage().dispatches;
        await session.trainStep(batchOf(1, width, lengths), settings).catch(isNoNumber);
        expect(engine.usage().dispatches - before).toBe(11);
      }
      await session.close();
    },
  );
});

it.each(zoo)("the kernels of $name are valid, in the same number of dispatches", async (unit) => {
  const engine = await webGpu("null", { keepWeights: true });
  const m = model(unit, 9, 33, bernoulli(9));
  const session = await engine.open(m, initialState(m, 1));
  const before = engine.usage().dispatches;
  await session.trainStep(randomBatch(1, 9, [3, 1]), settings).catch(isNoNumber);
  expect(engine.usage().dispatches - before).toBeGreaterThanOrEqual(11);
  await session.close();
});

/** The null backend computes nothing: what is read back is whatever lay in memory, and may be no number. */
function isNoNumber(error: unknown): void {
  expect(error).toBeInstanceOf(NotFiniteError);
}

describe("a device without a driver", async () => {
  const { create } = await import("webgpu");
  const adapter = () => create(["backend=null"]).requestAdapter() as Promise<GPUAdapter>;

  it("names the kernel and the line of what does not compile, in an error of its own", async () => {
    const device = await Device.open(await adapter());
    const kernel = {
      name: "broken",
      code: "@compute @workgroup_size(1) fn main() { let x = y; }",
      buffers: {},
    };
    const failed = device.pipeline({ ...kernel, workgroupBytes: 0, workgroupSize: 1 });
    await expect(failed).rejects.toThrow(GatedRnnError);
    await expect(failed).rejects.toThrow(/^webgpu engine: kernel broken: .*unresolved value 'y'/s);
    expect(device.isLost).toBe(false);
  });

  it("raises its limits to the adapter's", async () => {
    const found = await adapter();
    const { gpu } = await Device.open(found);
    for (const limit of [
      "maxComputeWorkgroupStorageSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxStorageBufferBindingSize",
    ] as const)
      expect(gpu.limits[limit]).toBe(found.limits[limit]);
  });

  it("tells of mistakes that no call is waiting for with the next call", async () => {
    const device = await Device.open(await adapter());
    device.gpu.createShaderModule({ code: "nonsense", label: "stray" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(() => device.check()).toThrow(/^webgpu engine: .*stray/s);
  });
});
