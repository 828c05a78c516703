import { GatedRnnError } from "../../errors.js";
import type { Engine } from "../engine.js";
import { engineOn } from "./engine.js";
import { type ArenaMemory, checkRun, type Kernels } from "./kernels.js";

/** What a build exports: see wasm/module.c. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  /** First byte behind the module's own stack and constants. */
  readonly __heap_base: WebAssembly.Global<"i32">;
  run(arena: number, job: number): number;
  source_hash(): number;
  lanes(): number;
  relaxed(): number;
}

const pageBytes = 65536;

/** The C source addresses its arena with signed 32-bit differences. */
const largestMemory = 2 ** 31;

/**
 * The native engine from the bytes of one of its WebAssembly builds, in Node and in a browser page alike: nothing else is read.
 *
 * @param bytes `simd.wasm` or `relaxed-simd.wasm`
 * @throws GatedRnnError `engine-missing` when this runtime does not take them
 */
export async function nativeWasmFrom(bytes: Uint8Array<ArrayBuffer>): Promise<Engine> {
  return engineOn("native-wasm", await wasmKernels(bytes));
}

export async function wasmKernels(bytes: Uint8Array<ArrayBuffer>): Promise<Kernels> {
  if (!WebAssembly.validate(bytes))
    throw new GatedRnnError(
      "engine-missing",
      "native-wasm engine: expected a runtime with WebAssembly SIMD, got one without",
    );
  const module = await WebAssembly.compile(bytes);
  const { source_hash, lanes, relaxed } = instantiate(module);
  const hash = (source_hash() >>> 0).toString(16).padStart(8, "0");
  return {
    build: `native wasm ${relaxed() ? "relaxed-simd" : "simd"} ${hash}`,
    reason: relaxed()
      ? "with relaxed SIMD, which this runtime has"
      : "with plain SIMD: this runtime has no relaxed SIMD, or it was not asked for",
    lanes: lanes(),
    threads: false,
    arena: () => new WasmArena(instantiate(module)),
  };
}

function instantiate(module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}

/** An instance of its own for every session: the arena is all of its memory behind the module's. */
class WasmArena implements ArenaMemory {
  ints = new Int32Array(0);
  floats = new Float32Array(0);
  private readonly first: number;

  constructor(private readonly exports: Exports) {
    this.first = Math.ceil(exports.__heap_base.value / 64) * 64;
  }

  reserve(words: number): void {
    const { memory } = this.exports;
    const missing = this.first + words * 4 - memory.buffer.byteLength;
    if (missing > 0) this.grow(Math.ceil(missing / pageBytes));
    this.ints = new Int32Array(memory.buffer, this.first, words);
    this.floats = new Float32Array(memory.buffer, this.first, words);
  }

  run(job: number): void {
    checkRun("native-wasm", this.exports.run(this.first, job));
  }

  private grow(pages: number): void {
    const { memory } = this.exports;
    const bytes = memory.buffer.byteLength + pages * pageBytes;
    const remedy = "use smaller batches or the native addon";
    if (bytes > largestMemory)
      throw new GatedRnnError(
        "engine",
        `native-wasm engine: expected a batch that fits 2 GiB, got ${(bytes / 2 ** 30).toFixed(1)} GiB; ${remedy}`,
      );
    try {
      memory.grow(pages);
    } catch {
      throw new GatedRnnError(
        "engine",
        `native-wasm engine: expected ${Math.ceil(bytes / 2 ** 20)} MiB of memory, got none; ${remedy}`,
      );
    }
  }
}
