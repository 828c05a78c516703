import type { Engine } from "../../lib/engines/engine.js";
import { engineNames, openEngine } from "../../lib/engines/index.js";
import type { WebGpuEngine } from "../../lib/engines/webgpu/contract.js";
import { webGpu } from "../../lib/engines/webgpu/index.js";
import { GatedRnnError } from "../../lib/errors.js";

/** The set-up (tests/software-gpu.ts) has unpacked a software adapter, unless GATED_RNN_TEST_GPU says that there is a GPU. */
export const webGpuBackend = process.env.GATED_RNN_TEST_GPU ?? "software";

/** WebGPU by that backend, where it is there; else nothing, and a line says why. */
export async function availableWebGpu(): Promise<WebGpuEngine | undefined> {
  try {
    return await webGpu(webGpuBackend);
  } catch (error) {
    if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
    console.warn(`skipped: ${error.message}`);
    return undefined;
  }
}

/** Every engine that runs on this machine; the reference on both of its own backends, WebGPU on SwiftShader where there is no GPU. */
export async function availableEngines(): Promise<Engine[]> {
  const engines: Engine[] = [await openEngine("reference", "cpu")];
  for (const name of engineNames) {
    try {
      engines.push(await openEngine(name, name === "webgpu" ? webGpuBackend : undefined));
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
      console.warn(`skipped: ${error.message}`);
    }
  }
  try {
    engines.push(await openEngine("reference", "tensorflow"));
  } catch (error) {
    if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error; // most machines have none, and need none
  }
  return engines;
}
