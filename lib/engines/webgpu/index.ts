import { GatedRnnError } from "../../errors.js";
import { describeAdapter } from "./device.js";
import { type WebGpuEngine, type WebGpuOptions, webGpuOn } from "./engine.js";

/** What may be asked for: a GPU, a program that plays one, or Dawn's own that only checks. */
export const webGpuBackends = ["gpu", "software", "null"] as const;
export type WebGpuBackend = (typeof webGpuBackends)[number];

/**
 * The WebGPU engine in Node, on the package `webgpu` (Dawn).
 *
 * @param backend default `gpu`: software adapters are refused; `software` takes one; `null` checks shaders and computes nothing
 * @throws GatedRnnError `usage` for an unknown backend, `engine-missing` when the package or such an adapter is not there
 */
export async function webGpu(backend: string = "gpu", options: WebGpuOptions = {}): Promise<WebGpuEngine> {
  if (!webGpuBackends.some((name) => name === backend))
    throw new GatedRnnError("usage", `webgpu engine: expected a backend of ${webGpuBackends.join(", ")}, got ${backend}`);
  const gpu = await dawn(backend === "null" ? ["backend=null"] : []);
  const find = async (): Promise<GPUAdapter | null> => {
    const wish = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (backend !== "software" || !wish || describeAdapter(wish).isSoftware) return wish;
    return gpu.requestAdapter({ forceFallbackAdapter: true });
  };
  const first = await find();
  if (!first) throw missing("expected an adapter, got none; install your GPU's Vulkan driver and libvulkan1");
  const { name, isSoftware } = describeAdapter(first);
  if (backend === "gpu" && isSoftware)
    throw missing(`expected a GPU, got ${name}, which is software; --backend software takes it nonetheless, and is slow`);
  if (backend === "software" && !isSoftware) throw missing(`expected a software adapter, got ${name}`);
  return webGpuOn(first, async () => (await find()) ?? first, options);
}

/** The package, whose constants must be global for code that runs in pages too. */
async function dawn(flags: string[]): Promise<GPU> {
  try {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    return create(flags);
  } catch (error) {
    throw missing(`expected the npm package webgpu, got ${(error as Error).message.split("\n")[0]}; npm install webgpu@0.6.2`);
  }
}

function missing(problem: string): GatedRnnError {
  return new GatedRnnError("engine-missing", `webgpu engine: ${problem}`);
}
