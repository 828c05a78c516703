import { describe, expect, it } from "vitest";
import { lstm } from "../../../lib/cells/lstm.js";
import { compile } from "../../../lib/compile/program.js";
import { wordOf } from "../../../lib/engines/native/job-fields.js";
import type { ArenaMemory } from "../../../lib/engines/native/kernels.js";
import { NativeSession } from "../../../lib/engines/native/session.js";
import { isNoisy } from "../../../lib/model/model.js";
import { normalMatrix } from "../../../lib/random/normal.js";
import { randomBatch, randomModel, stateOf } from "../../oracle/examples.js";
import { builds } from "./builds.js";

/** Word of c/job.h's Job that holds the place of the noisy parameters. */
const noisyWord = wordOf("Job", "noisy");

const settings = {
  learningRate: 0,
  maxGradientNorm: 1,
  update: { decay: 0.95, momentum: 0.9, epsilon: 1e-4 },
};

describe.each(await builds())("$build", (kernels) => {
  it.each([
    { hiddenSize: 1, noiseSeed: 1, weightNoise: 0.075 },
    { hiddenSize: 3, noiseSeed: 0xffffffff, weightNoise: 0.5 },
    { hiddenSize: 17, noiseSeed: 2 ** 31, weightNoise: 1e-3 },
    { hiddenSize: 46, noiseSeed: 7, weightNoise: 0.075 },
    { hiddenSize: 227, noiseSeed: 12345, weightNoise: 0.075 },
  ])(
    "adds lib/random's noise to every weight, bit for bit: hidden $hiddenSize",
    async ({ hiddenSize, ...noise }) => {
      let memory: ArenaMemory | undefined;
      const arena = () => {
        memory = kernels.arena();
        return memory;
      };
      const { model, weights } = randomModel(lstm, 88, hiddenSize, 3);
      const session = new NativeSession({ ...kernels, arena }, model, stateOf(model, weights), 1);
      const batch = randomBatch(1, 88, [2, 1]);
      const { parameters } = compile(model, kernels.lanes);
      for (let update = 0; update < 3; update++) {
        await session.trainStep(batch, { ...settings, ...noise });
        const { ints, floats } = memory as unknown as ArenaMemory;
        model.parameters.forEach((parameter, stream) => {
          const { name, offset, rows, columns, width } = parameters[stream];
          const w = Float32Array.from(weights.get(name) as Float64Array);
          const expected = w.slice();
          if (isNoisy(parameter)) {
            const deviation = Math.fround(noise.weightNoise);
            const draws = normalMatrix(noise.noiseSeed, update, stream, rows, columns);
            for (let i = 0; i < w.length; i++)
              expected[i] = w[i] + Math.fround(draws[i] * deviation);
          }
          const actual = new Float32Array(rows * columns);
          for (let r = 0; r < rows; r++) {
            const row = ints[noisyWord] + offset + r * width;
            actual.set(floats.subarray(row, row + columns), r * columns);
          }
          expect(
            Buffer.compare(Buffer.from(actual.buffer), Buffer.from(expected.buffer)),
            `${name} at update ${update}`,
          ).toBe(0);
        });
      }
    },
  );
});
