import { readFileSync } from "node:fs";
import type { Engine } from "../../../lib/engines/engine.js";
import { addonKernels } from "../../../lib/engines/native/addon.js";
import { engineOn } from "../../../lib/engines/native/engine.js";
import type { Kernels } from "../../../lib/engines/native/kernels.js";
import { wasmKernels } from "../../../lib/engines/native/wasm.js";
import { GatedRnnError } from "../../../lib/errors.js";

type WasmVariant = "simd" | "relaxed-simd" | "relaxed-simd-threads";

/** The bytes of a committed WebAssembly build. */
export function wasmBuild(variant: WasmVariant): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    readFileSync(new URL(`../../../lib/engines/native/wasm/${variant}.wasm`, import.meta.url)),
  );
}

/** Every build of the C source that runs here: the addon if there is a compiler, and both of WebAssembly. */
export async function builds(): Promise<Kernels[]> {
  const openers = [
    async () => addonKernels(),
    () => wasmKernels(wasmBuild("relaxed-simd")),
    () => wasmKernels(wasmBuild("simd")),
  ];
  const found: Kernels[] = [];
  for (const open of openers)
    try {
      found.push(await open());
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
      console.warn(`skipped: ${error.message}`);
    }
  return found;
}

export async function engines(): Promise<Engine[]> {
  return (await builds()).map((kernels) => engineOn("native", kernels));
}
