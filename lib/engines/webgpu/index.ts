import { GatedRnnError } from "../../errors.js";
import { installCommand, notInstalled } from "../../files/optional-package.js";
import type { WebGpuEngine, WebGpuOptions } from "./contract.js";
import { checkBackend, missing, openOn } from "./open.js";

/**
 * The WebGPU engine in Node, on the package `webgpu` (Dawn).
 *
 * @param backend default `gpu`: software adapters are refused; `software` takes one; `null` checks shaders and computes nothing
 * @throws GatedRnnError `usage` for an unknown backend, `engine-missing` when the package or such an adapter is not there
 */
export async function webGpu(backend = "gpu", options: WebGpuOptions = {}): Promise<WebGpuEngine> {
  checkBackend(backend);
  const gpu = await dawn(backend === "null" ? ["backend=null"] : []);
  return openOn(gpu, backend, options, "install your GPU's Vulkan driver and libvulkan1");
}

/** The package, whose constants must be global for code that runs in pages too. */
async function dawn(flags: string[]): Promise<GPU> {
  const names = ["webgpu"];
  try {
    const { create, globals } = await import("webgpu").catch(
      notInstalled("webgpu engine", "engine-missing", names),
    );
    Object.assign(globalThis, globals);
    return create(flags);
  } catch (error) {
    if (error instanceof GatedRnnError) throw error;
    const [problem] = (error as Error).message.split("\n");
    throw missing(
      `expected the package webgpu to start, got ${problem}; ${installCommand(names)} installs the one that is known to`,
    );
  }
}
