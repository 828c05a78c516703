import { describe, expect, it } from "vitest";
import { zoo } from "../../lib/cells/zoo/index.js";
import { rmsprop } from "../../lib/updates/rmsprop.js";
import { settingsOf } from "../../lib/updates/update.js";
import { randomBatch, randomModel, relativeError, stateOf } from "../oracle/examples.js";
import { oracle } from "../oracle/oracle.js";
import { availableEngines, webGpuBackend } from "./available.js";

// One shape, ragged and no multiple of a vector, and one update: what a cell adds to the contract is its graph, and the contract's
// own test (contract.test.ts) holds the engines to the rest with ten other cells. A software GPU takes ten seconds for each: on WebGPU
// only those with something that no other has are run there, and the shaders of all are validated (webgpu/shaders.test.ts).

const onSoftwareGpu = ["lstm-fgr", "min-lstm", "gru-3", "mgu-2", "mut-1"];

const shape = { hiddenSize: 5, width: 6, lengths: [2, 1, 2, 9, 3] };

describe.each(await availableEngines())("the zoo on the $build engine", (engine) => {
  const isSlow = engine.name === "webgpu" && webGpuBackend === "software";
  const cells = isSlow ? zoo.filter(({ name }) => onSoftwareGpu.includes(name)) : zoo;
  it.each(cells)(
    "$name: loss, gates, gradient and an update as the oracle has them",
    async (cell) => {
      const { model, weights } = randomModel(cell, shape.width, shape.hiddenSize, 5);
      const batch = randomBatch(8, shape.width, shape.lengths);
      const expected = oracle(model, weights, batch);
      const session = await engine.open(model, stateOf(model, weights));
      const nll = (await session.evaluate(batch)).map((s) => s.nll);
      expect(
        relativeError(
          nll,
          expected.sequences.map((s) => s.nll),
        ),
      ).toBeLessThan(1e-5);
      const { values } = await session.trace(batch);
      expect([...values.keys()].sort()).toEqual([...expected.trace.keys()].sort());
      for (const [name, gate] of expected.trace)
        expect(relativeError(values.get(name) ?? [], gate), name).toBeLessThan(1e-5);
      const gradient = await session.gradient(batch);
      expect([...gradient.keys()].sort()).toEqual([...expected.gradient.keys()].sort());
      for (const [name, slope] of expected.gradient)
        expect(relativeError(gradient.get(name) ?? [], slope), name).toBeLessThan(1e-4);

      // the global norm counts every parameter, and nothing that is none
      const norm = Math.hypot(...[...expected.gradient.values()].map((g) => Math.hypot(...g)));
      const settings = {
        ...{ learningRate: 0.01, weightNoise: 0, noiseSeed: 1, maxGradientNorm: norm / 2 },
        update: { decay: 0.95, momentum: 0.9, epsilon: 1e-6 },
      };
      const report = await session.trainStep(batch, settings);
      expect(report.gradientNorm / norm).toBeCloseTo(1, 4);
      const { parameters } = await session.read();
      const { decay, epsilon } = settingsOf(rmsprop, settings.update);
      for (const [name, slope] of expected.gradient) {
        const before = weights.get(name) as Float64Array;
        const step = slope.map(
          (d) => (-0.01 * d) / 2 / Math.sqrt((1 - decay) * (d / 2) ** 2 + epsilon),
        );
        const moved = Array.from(parameters.get(name) as Float32Array, (v, i) => v - before[i]);
        expect(relativeError(moved, step), name).toBeLessThan(2e-4);
      }
      await session.close();
    },
  );
});
