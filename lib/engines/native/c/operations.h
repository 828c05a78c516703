// Written by `npm run build:job` from the tables in compile/ops.ts and compile/row-ops.ts: change those, not this.
#ifndef OPERATIONS_H
#define OPERATIONS_H
#include "vector.h"

enum Op { OP_SIGMOID, OP_TANH, OP_RELU, OP_EXP, OP_LOG, OP_SOFTPLUS, OP_SQRT, OP_SQUARE, OP_ABSOLUTE, OP_NEGATE, OP_ONE_MINUS, OP_LOG_GAMMA, OP_PLUS, OP_MINUS, OP_TIMES, OP_DIVIDE, OP_MAXIMUM, OP_MINIMUM, OP_CONSTANT, OP_SCALE, OP_SHIFT, OP_SIGMOID_GRADIENT, OP_TANH_GRADIENT, OP_RELU_GRADIENT, OP_TIMES_PLUS, OP_WITH_SIGN_OF, OP_WHERE_LESS, OP_WHERE_NOT_LESS, OP_DIGAMMA, OP_COPY, OP_PEEPHOLE, OP_PART, OP_OVER, OP_SUM, OP_SUM_ROWS, OP_BEFORE, OP_AFTER, OP_LOG_SUM_EXP, OP_SOFTMAX, OP_AT, OP_INSERT, OP_SPREAD };

// out = op(x, y, z), element by element, for n floats: whole vectors.
APART void elementwise(int op, float *out, const float *x, const float *y, const float *z, float constant, long n) {
  switch (op) {
  case OP_SIGMOID:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vsigmoid(a)); }
    break;
  case OP_TANH:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vtanh(a)); }
    break;
  case OP_RELU:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, maximum(a, splat(0))); }
    break;
  case OP_EXP:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vexp(a)); }
    break;
  case OP_LOG:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vlog(a)); }
    break;
  case OP_SOFTPLUS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vsoftplus(a)); }
    break;
  case OP_SQRT:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, square_root(a)); }
    break;
  case OP_SQUARE:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, a * a); }
    break;
  case OP_ABSOLUTE:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, absolute(a)); }
    break;
  case OP_NEGATE:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, -a); }
    break;
  case OP_ONE_MINUS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, 1.0f - a); }
    break;
  case OP_LOG_GAMMA:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vloggamma(a)); }
    break;
  case OP_PLUS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a + b); }
    break;
  case OP_MINUS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a - b); }
    break;
  case OP_TIMES:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a * b); }
    break;
  case OP_DIVIDE:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a / b); }
    break;
  case OP_MAXIMUM:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, maximum(a, b)); }
    break;
  case OP_MINIMUM:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, minimum(a, b)); }
    break;
  case OP_CONSTANT:
    for (long i = 0; i < n; i += LANES) { const vf k = splat(constant); store(out + i, k); }
    break;
  case OP_SCALE:
    for (long i = 0; i < n; i += LANES) { const vf k = splat(constant); const vf a = load(x + i); store(out + i, a * k); }
    break;
  case OP_SHIFT:
    for (long i = 0; i < n; i += LANES) { const vf k = splat(constant); const vf a = load(x + i); store(out + i, a + k); }
    break;
  case OP_SIGMOID_GRADIENT:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a * (b - b * b)); }
    break;
  case OP_TANH_GRADIENT:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, a - a * (b * b)); }
    break;
  case OP_RELU_GRADIENT:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, choose(b > 0.0f, a, splat(0))); }
    break;
  case OP_TIMES_PLUS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i), c = load(z + i); store(out + i, a * b + c); }
    break;
  case OP_WITH_SIGN_OF:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i); store(out + i, choose(b < 0.0f, -a, choose(b > 0.0f, a, splat(0)))); }
    break;
  case OP_WHERE_LESS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i), c = load(z + i); store(out + i, choose(b < c, a, splat(0))); }
    break;
  case OP_WHERE_NOT_LESS:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i), b = load(y + i), c = load(z + i); store(out + i, choose(b < c, splat(0), a)); }
    break;
  case OP_DIGAMMA:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, vdigamma(a)); }
    break;
  case OP_COPY:
    for (long i = 0; i < n; i += LANES) { const vf a = load(x + i); store(out + i, a); }
    break;
  }
}
#endif
