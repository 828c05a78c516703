// A job's stages, which all its threads go through in order. A stage is cut into pieces, and whoever is free takes the next; it is
// over when all its pieces are made, by whomever: a thread that comes late, or never, is not waited for.
#ifndef STAGES_H
#define STAGES_H
#include <stdint.h>
#ifndef __wasm__
#include "team.h"
#endif

typedef struct {
  int32_t taken, made;
  int32_t apart[14]; // a cache line of its own
} Stage;

// The pieces of noise, of packed matrices, of rows, of the sum of gradients: each writes what no other piece of its stage does.
typedef struct {
  Stage noise, packs, slices, sums;
} Stages;

static int32_t take_piece(Stage *stage) { return __atomic_fetch_add(&stage->taken, 1, __ATOMIC_RELAXED); }

static void piece_is_made(Stage *stage) { __atomic_fetch_add(&stage->made, 1, __ATOMIC_RELEASE); }

static int is_over(const Stage *stage, int32_t pieces) { return __atomic_load_n(&stage->made, __ATOMIC_ACQUIRE) >= pieces; }

// The others are at their last piece.
static void until_over(const Stage *stage, int32_t pieces) {
#ifdef __wasm__
  (void)stage, (void)pieces; // one thread goes through these stages
#else
  for (int looks = 1; !is_over(stage, pieces); looks++) look_away(looks);
#endif
}
#endif
