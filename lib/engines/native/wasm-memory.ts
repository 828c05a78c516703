import { GatedRnnError } from "../../errors.js";

const pageBytes = 65536;

/** The C source addresses its arena with signed 32-bit differences. */
export const largestMemory = 2 ** 31;

/** Makes room for an arena of some 32-bit words from a byte on, keeping what is there. */
export function roomFor(memory: WebAssembly.Memory, first: number, words: number): void {
  const missing = first + words * 4 - memory.buffer.byteLength;
  if (missing <= 0) return;
  const pages = Math.ceil(missing / pageBytes);
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
