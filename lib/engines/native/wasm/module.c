// What a WebAssembly build says about itself; the rest of it is ../c.
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
