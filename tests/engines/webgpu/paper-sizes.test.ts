import { describe, expect, it } from "vitest";
import { webGpu } from "../../../lib/engines/webgpu/index.js";
import { parity } from "../../oracle/parity.js";
import { availableWebGpu, webGpuBackend } from "../available.js";

// SwiftShader compiles these kernels too slowly for every test run: on lavapipe and on GPUs only (.ci/lavapipe says how).
const found = await availableWebGpu();
const isFast = found !== undefined && !/swiftshader/i.test(found.adapter.name);

describe.skipIf(!isFast).each([true, false])(
  "at the paper's sizes, weights kept in workgroup memory: %s",
  (keepWeights) => {
    // a software GPU takes minutes where the processor has narrow vectors
    const limit = { timeout: 900_000 };
    it(
      `${found?.adapter.name} computes losses and gradients as the float64 oracle`,
      limit,
      async () => {
        const differences = await parity(await webGpu(webGpuBackend, { keepWeights }));
        expect(differences).toHaveLength(8);
        for (const { cell, output, loss, gradient } of differences) {
          expect(loss, `loss of ${cell}, ${output}`).toBeLessThan(1e-5);
          expect(gradient, `gradient of ${cell}, ${output}`).toBeLessThan(1e-4);
        }
      },
    );
  },
);
