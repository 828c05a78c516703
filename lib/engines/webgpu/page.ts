import type { WebGpuEngine, WebGpuOptions } from "./contract.js";
import { checkBackend, missing, openOn } from "./open.js";

/**
 * The WebGPU engine in a browser page.
 *
 * @param backend default `gpu`: software adapters are refused; `software` takes one
 * @throws GatedRnnError `usage` for an unknown backend, `engine-missing` when the browser gives no such adapter
 */
export async function webGpuInPage(
  backend = "gpu",
  options: WebGpuOptions = {},
): Promise<WebGpuEngine> {
  checkBackend(backend);
  const { gpu } = navigator;
  if (!gpu)
    throw missing(
      "expected a page with WebGPU, got one without; it takes a browser that has it, and https or localhost",
    );
  return openOn(
    gpu,
    backend,
    options,
    "see what the browser says of its GPU (chrome://gpu, about:support)",
  );
}
