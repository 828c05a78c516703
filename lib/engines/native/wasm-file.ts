import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GatedRnnError } from "../../errors.js";
import { packageFolder } from "../../files/package-folder.js";

/** The fastest WebAssembly build that this runtime takes: its bytes, as the build step laid them into dist. */
export function wasmBytes(): Uint8Array<ArrayBuffer> {
  const relaxed = read("relaxed-simd.wasm");
  return WebAssembly.validate(relaxed) ? relaxed : read("simd.wasm");
}

/** The build for memory that threads share. */
export const threadedWasmBytes = (): Uint8Array<ArrayBuffer> => read("relaxed-simd-threads.wasm");

function read(name: string): Uint8Array<ArrayBuffer> {
  const file = join(packageFolder(), "dist", "native", name);
  if (!existsSync(file))
    throw new GatedRnnError(
      "engine-missing",
      `native-wasm engine: expected ${name} in the package, got none; run npm run build`,
    );
  return new Uint8Array(readFileSync(file));
}
