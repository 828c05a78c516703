import type { Engine } from "../engine.js";
import { addonKernels } from "./addon.js";
import { engineOn } from "./engine.js";
import { wasmKernels } from "./wasm.js";
import { threadedWasmBytes, wasmBytes } from "./wasm-file.js";
import { startNodeHelper } from "./wasm-helper.js";

/**
 * The native engine: the compiled program, carried out by one C source. The whole training step, time loop included, is one
 * call.
 *
 * @throws GatedRnnError `engine-missing` when there is no build for this machine
 */
export async function nativeAddon(): Promise<Engine> {
  return engineOn("native", addonKernels());
}

/**
 * The native engine as WebAssembly, for machines without a C compiler: with relaxed SIMD (fused multiply-add) where the
 * runtime has it, else with plain SIMD. Threads share its memory, where the runtime has relaxed SIMD.
 *
 * @throws GatedRnnError `engine-missing` when the runtime has no WebAssembly SIMD or the package was not built
 */
export async function nativeWasm(): Promise<Engine> {
  const helpers = { bytes: threadedWasmBytes(), start: startNodeHelper };
  return engineOn("native-wasm", await wasmKernels(wasmBytes(), helpers));
}
