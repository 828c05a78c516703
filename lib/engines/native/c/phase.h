// Element-wise phases: a short list of operations run over blocks that stay in the first cache. An operand is a register (one
// block), or rows of a slot in the arena.
#ifndef PHASE_H
#define PHASE_H
#include "job.h"
#include "vector.h"

enum Op {
  OP_SIGMOID, OP_TANH, OP_RELU, OP_EXP, OP_LOG, OP_SOFTPLUS, OP_SQUARE, OP_NEGATE, OP_ONE_MINUS,
  OP_PLUS, OP_MINUS, OP_TIMES, OP_DIVIDE,
  OP_SIGMOID_GRADIENT, OP_TANH_GRADIENT, OP_RELU_GRADIENT, OP_TIMES_PLUS, OP_SCALE, OP_PEEPHOLE, OP_COPY
};

enum { IN_REGISTER, IN_SEQUENCE, IN_STEP };

#define EACH(expression) \
  for (long i = 0; i < n; i += LANES) store(out + i, (expression)); \
  break
#define A load(a + i)
#define B load(b + i)
#define C load(c + i)

// n floats, whole rows of `width`.
static void phase_op(const PhaseOp *p, float *out, const float *a, const float *b, const float *c, const float *parameters, long n, long width) {
  switch (p->op) {
  case OP_SIGMOID: EACH(vsigmoid(A));
  case OP_TANH: EACH(vtanh(A));
  case OP_RELU: EACH(maximum(A, splat(0)));
  case OP_EXP: EACH(vexp(A));
  case OP_LOG: EACH(vlog(A));
  case OP_SOFTPLUS: EACH(vsoftplus(A));
  case OP_SQUARE: EACH(A * A);
  case OP_NEGATE: EACH(-A);
  case OP_ONE_MINUS: EACH(1.0f - A);
  case OP_PLUS: EACH(A + B);
  case OP_MINUS: EACH(A - B);
  case OP_TIMES: EACH(A * B);
  case OP_DIVIDE: EACH(A / B);
  case OP_SIGMOID_GRADIENT: EACH(A * (B - B * B));
  case OP_TANH_GRADIENT: EACH(A - A * (B * B));
  case OP_RELU_GRADIENT: EACH(choose(B > 0.0f, A, splat(0)));
  case OP_TIMES_PLUS: EACH(A * B + C);
  case OP_COPY: EACH(A);
  case OP_SCALE: {
    float factor;
    __builtin_memcpy(&factor, &p->extra, 4);
    EACH(A * factor);
  }
  case OP_PEEPHOLE: {
    const float *weight = parameters + p->extra;
    for (long row = 0; row < n; row += width)
      for (long i = 0; i < width; i += LANES) store(out + row + i, load(a + row + i) * load(weight + i));
    break;
  }
  }
}
#undef A
#undef B
#undef C
#undef EACH
#endif
