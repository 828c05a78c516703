// What a WebAssembly build says about itself; the rest of it is ../c.
#include "engine.h"
#include "vector.h"

#define EXPORT(name) __attribute__((export_name(#name)))

// First 32 bits of the hash of the sources, flags and compiler that it was made from: see ../build-wasm.mjs.
EXPORT(source_hash) uint32_t source_hash(void) { return SOURCE_HASH; }

EXPORT(lanes) int32_t lanes(void) { return LANES; }

EXPORT(relaxed) int32_t relaxed(void) {
#ifdef __wasm_relaxed_simd__
  return 1;
#else
  return 0;
#endif
}

// run_job on an arena that reaches to the end of memory.
EXPORT(run) int32_t run(float *arena, int32_t job) {
  const int64_t bytes = (int64_t)__builtin_wasm_memory_size(0) * 65536 - (int64_t)(uintptr_t)arena;
  return run_job(arena, bytes / 4, job);
}
