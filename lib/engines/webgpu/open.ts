import { GatedRnnError } from "../../errors.js";
import type { WebGpuEngine, WebGpuOptions } from "./contract.js";
import { describeAdapter } from "./device.js";
import { webGpuOn } from "./engine.js";

/** What may be asked for: a GPU, a program that plays one, or Dawn's own (in Node) that only checks. */
const webGpuBackends = ["gpu", "software", "null"] as const;

/** @throws GatedRnnError `usage` */
export function checkBackend(backend: string): void {
  if (!webGpuBackends.some((name) => name === backend))
    throw new GatedRnnError(
      "usage",
      `webgpu engine: expected a backend of ${webGpuBackends.join(", ")}, got ${backend}`,
    );
}

/**
 * The engine on an adapter of the wished kind.
 *
 * @param remedy what to do where there is no adapter at all
 * @throws GatedRnnError `engine-missing`
 */
export async function openOn(
  gpu: GPU,
  backend: string,
  options: WebGpuOptions,
  remedy: string,
): Promise<WebGpuEngine> {
  const find = async (): Promise<GPUAdapter | null> => {
    const wish = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (backend !== "software" || !wish || describeAdapter(wish).isSoftware) return wish;
    return gpu.requestAdapter({ forceFallbackAdapter: true });
  };
  const first = await find();
  if (!first) throw missing(`expected an adapter, got none; ${remedy}`);
  const { name, isSoftware } = describeAdapter(first);
  if (backend === "gpu" && isSoftware)
    throw missing(
      `expected a GPU, got ${name}, which is software; the backend software takes it nonetheless, and is slow`,
    );
  if (backend === "software" && !isSoftware)
    throw missing(`expected a software adapter, got ${name}`);
  return webGpuOn(first, async () => (await find()) ?? first, options);
}

export function missing(problem: string): GatedRnnError {
  return new GatedRnnError("engine-missing", `webgpu engine: ${problem}`);
}
