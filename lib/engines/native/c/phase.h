// Element-wise phases: a short list of operations run over blocks that stay in the first cache. An operand is a register (one
// block), or rows of a slot in the arena.
#ifndef PHASE_H
#define PHASE_H
#include "job.h"
#include "operations.h"

enum { IN_REGISTER, IN_SEQUENCE, IN_STEP };

// n floats, whole rows of `width`.
static void phase_op(const PhaseOp *p, float *out, const float *a, const float *b, const float *c, const float *parameters, long n, long width) {
  if (p->op == OP_PEEPHOLE) {
    const float *weight = parameters + p->extra;
    for (long row = 0; row < n; row += width)
      for (long i = 0; i < width; i += LANES) store(out + row + i, load(a + row + i) * load(weight + i));
    return;
  }
  float constant;
  __builtin_memcpy(&constant, &p->extra, 4);
  elementwise(p->op, out, a, b, c, constant, n);
}
#endif
