import { GatedRnnError } from "../../errors.js";
import type { Engine } from "../engine.js";
import { engineOn } from "./engine.js";
import { type ArenaMemory, checkRun, type Kernels } from "./kernels.js";
import { roomFor } from "./wasm-memory.js";
import { canShareMemory, SharedArena, type StartHelper, startPageHelper } from "./wasm-threads.js";

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

/**
 * The native engine from the bytes of its WebAssembly builds, in Node and in a browser page alike: nothing else is read.
 *
 * @param bytes `simd.wasm` or `relaxed-simd.wasm`
 * @param threaded `relaxed-simd-threads.wasm`, where training with `threads` of more than 1 is to have them: in pages, a worker
 *   for each. Where memory cannot be shared (a page that is not isolated by COOP and COEP), there is one thread.
 * @throws GatedRnnError `engine-missing` when this runtime does not take the first
 */
export async function nativeWasmFrom(
  bytes: Uint8Array<ArrayBuffer>,
  threaded?: Uint8Array<ArrayBuffer>,
): Promise<Engine> {
  const hasWorkers = typeof Worker !== "undefined"; // Node's are others: openEngine("native-wasm") has them
  const helpers = threaded && hasWorkers ? { bytes: threaded, start: startPageHelper } : undefined;
  return engineOn("native-wasm", await wasmKernels(bytes, helpers));
}

/** The build for shared memory, and how a thread is started. */
interface Helpers {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly start: StartHelper;
}

export async function wasmKernels(
  bytes: Uint8Array<ArrayBuffer>,
  helpers?: Helpers,
): Promise<Kernels> {
  if (!WebAssembly.validate(bytes))
    throw new GatedRnnError(
      "engine-missing",
      "native-wasm engine: expected a runtime with WebAssembly SIMD, got one without",
    );
  const module = await WebAssembly.compile(bytes);
  const { source_hash, lanes, relaxed } = instantiate(module);
  const hash = (source_hash() >>> 0).toString(16).padStart(8, "0");
  const takesThreads = helpers && canShareMemory() && WebAssembly.validate(helpers.bytes);
  const shared = takesThreads ? await WebAssembly.compile(helpers.bytes) : undefined;
  return {
    build: `native wasm ${relaxed() ? "relaxed-simd" : "simd"} ${hash}`,
    reason: relaxed()
      ? "with relaxed SIMD, which this runtime has"
      : "with plain SIMD: this runtime has no relaxed SIMD, or it was not asked for",
    lanes: lanes(),
    threads: shared !== undefined,
    arena: (threads = 1) =>
      shared && helpers && threads > 1
        ? new SharedArena(shared, helpers.start, threads - 1)
        : new WasmArena(instantiate(module)),
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
    roomFor(memory, this.first, words);
    this.ints = new Int32Array(memory.buffer, this.first, words);
    this.floats = new Float32Array(memory.buffer, this.first, words);
  }

  run(job: number): void {
    checkRun("native-wasm", this.exports.run(this.first, job));
  }
}
