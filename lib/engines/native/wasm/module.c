// What a WebAssembly build says about itself; the rest of it is ../c.
#include "engine.h"
#include "vector.h"
#include <stddef.h>

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

// An arena reaches to the end of memory.
static int64_t words_of(const float *arena) { return ((int64_t)__builtin_wasm_memory_size(0) * 65536 - (int64_t)(uintptr_t)arena) / 4; }

EXPORT(run) int32_t run(float *arena, int32_t job) { return run_job(arena, words_of(arena), job, NULL); }

#ifdef __wasm_atomics__
EXPORT(begin) int32_t begin(float *arena, int32_t job) { return begin_job(arena, words_of(arena), job); }

EXPORT(slice) void slice(float *arena, int32_t job, int32_t k) { run_slice_of_job(arena, job, k); }

EXPORT(end) void end(float *arena, int32_t job) { end_job(arena, job); }
#endif
