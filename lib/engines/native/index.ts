import type { Engine } from "../engine.js";
import { addonKernels } from "./addon.js";
import { engineOn } from "./engine.js";
import { nativeWasmFrom } from "./wasm.js";
import { wasmBytes } from "./wasm-file.js";

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
 * runtime has it, else with plain SIMD. One thread.
 *
 * @throws GatedRnnError `engine-missing` when the runtime has no WebAssembly SIMD or the package was not built
 */
export async function nativeWasm(): Promise<Engine> {
  return nativeWasmFrom(wasmBytes());
}
