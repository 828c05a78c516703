// Where the parts of a job lie, for all that carries one out.
#ifndef CONTEXT_H
#define CONTEXT_H
#include "job.h"
#include "phase.h"
#include "vector.h"

// Where a slice's values lie: the arena and the slice's part of it.
typedef struct {
  const Job *job;
  const Slice *slice;
  float *arena;
} Context;

#define AT(type, offset) ((const type *)(x->arena + (offset)))

static void zero(float *to, long n) {
  for (long i = 0; i < n; i++) to[i] = 0;
}

static void copy(float *to, const float *from, long n) {
  if (to != from)
    for (long i = 0; i < n; i++) to[i] = from[i];
}

// First float of an operand's rows at step t (registers: t does not matter).
static float *operand(const Context *x, int32_t word, long t) {
  const Slice *s = x->slice;
  long index = word & 0xfffffff;
  switch (word >> 28) {
  case IN_REGISTER: return x->arena + s->registers + index * x->job->registerStride;
  case IN_SEQUENCE: return x->arena + s->sequences + index * s->sequenceStride + AT(int32_t, s->stepOffsets)[t] * (long)x->job->width;
  default: return x->arena + s->steps + index * s->stepStride;
  }
}

static float *slot(const Context *x, int32_t index) { return x->arena + x->slice->sequences + (long)index * x->slice->sequenceStride; }

static long rows_at(const Context *x, long t) {
  const int32_t *offsets = AT(int32_t, x->slice->stepOffsets);
  return t < x->slice->time ? offsets[t + 1] - offsets[t] : 0;
}

static const float *weights_of(const Context *x) { return x->arena + x->job->noisy; }
#endif
