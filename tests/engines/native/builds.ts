import { readFileSync } from "node:fs";
import type { Engine } from "../../../lib/engines/engine.js";
import { nativeAddon } from "../../../lib/engines/native/index.js";
import { nativeWasmFrom } from "../../../lib/engines/native/wasm.js";
import { GatedRnnError } from "../../../lib/errors.js";

/** The bytes of a committed WebAssembly build. */
export function wasmBuild(variant: "simd" | "relaxed-simd"): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../../lib/engines/native/wasm/${variant}.wasm`, import.meta.url)));
}

/** Every build of the C source that runs here: the addon if there is a compiler, and both of WebAssembly. */
export async function builds(): Promise<Engine[]> {
  const openers = [nativeAddon, () => nativeWasmFrom(wasmBuild("relaxed-simd")), () => nativeWasmFrom(wasmBuild("simd"))];
  const engines: Engine[] = [];
  for (const open of openers)
    try {
      engines.push(await open());
    } catch (error) {
      if (!(error instanceof GatedRnnError && error.code === "engine-missing")) throw error;
      console.warn(`skipped: ${error.message}`);
    }
  return engines;
}
