// An output's equations, operation by operation, on LANES rows of a batch side by side: number j of the row in lane l lies at
// [j * LANES + l], so that every operation, sums along a row too, is plain arithmetic on vectors.
#ifndef ROWS_H
#define ROWS_H
#include "job.h"
#include "operations.h"

// The columns of the target row in each lane.
typedef struct {
  const int32_t *columns;
  int32_t from[LANES], to[LANES];
} TargetColumns;

INLINE vf largest_of(const float *a, long n) {
  vf top = load(a);
  for (long j = 1; j < n; j++) top = maximum(top, load(a + j * LANES));
  return top;
}

// out[j] = e^(a[j] - top), and their sum.
INLINE vf exponentials(float *out, const float *a, long n, vf top) {
  vf total = splat(0);
  for (long j = 0; j < n; j++) {
    vf e = vexp(load(a + j * LANES) - top);
    total += e;
    if (out) store(out + j * LANES, e);
  }
  return total;
}

APART void row_step(const RowStep *p, float *v, const TargetColumns *target) {
  float *out = v + (long)p->out * LANES;
  const float *a = v + (long)p->a * LANES;
  const long rows = p->rows, columns = p->columns;
  switch (p->op) {
  case OP_PART: break; // no step: it lies within its input
  case OP_OVER:
    for (long i = 0; i < rows; i++)
      for (long j = 0; j < columns; j++) store(out + (i * columns + j) * LANES, load(a + (i * p->rowStep + j * p->columnStep) * LANES));
    break;
  case OP_SUM:
    for (long i = 0; i < rows; i++) {
      vf sum = splat(0);
      for (long j = 0; j < columns; j++) sum += load(a + (i * columns + j) * LANES);
      store(out + i * LANES, sum);
    }
    break;
  case OP_SUM_ROWS:
    for (long j = 0; j < columns; j++) {
      vf sum = splat(0);
      for (long i = 0; i < rows; i++) sum += load(a + (i * columns + j) * LANES);
      store(out + j * LANES, sum);
    }
    break;
  case OP_BEFORE:
    for (long j = 0; j < columns; j++) {
      vf sum = splat(0);
      for (long i = 0; i < rows; i++) {
        store(out + (i * columns + j) * LANES, sum);
        sum += load(a + (i * columns + j) * LANES);
      }
    }
    break;
  case OP_AFTER:
    for (long j = 0; j < columns; j++) {
      vf sum = splat(0);
      for (long i = rows - 1; i >= 0; i--) {
        store(out + (i * columns + j) * LANES, sum);
        sum += load(a + (i * columns + j) * LANES);
      }
    }
    break;
  case OP_LOG_SUM_EXP:
    for (long i = 0; i < rows; i++, a += columns * LANES) {
      const vf top = largest_of(a, columns);
      store(out + i * LANES, top + vlog(exponentials(NULL, a, columns, top)));
    }
    break;
  case OP_SOFTMAX:
    for (long i = 0; i < rows; i++, a += columns * LANES, out += columns * LANES) {
      const vf scale = 1.0f / exponentials(out, a, columns, largest_of(a, columns));
      for (long j = 0; j < columns; j++) store(out + j * LANES, load(out + j * LANES) * scale);
    }
    break;
  case OP_AT:
    for (int l = 0; l < LANES; l++) {
      float sum = 0;
      for (int32_t k = target->from[l]; k < target->to[l]; k++) sum += a[target->columns[k] * LANES + l];
      out[l] = sum;
    }
    break;
  case OP_INSERT:
    for (long j = 0; j < p->size; j++) store(out + j * LANES, splat(0));
    for (long j = 0; j < rows * columns; j++) store(out + (p->first + j) * LANES, load(a + j * LANES));
    break;
  case OP_SPREAD:
    for (long j = 0; j < p->size; j++) store(out + j * LANES, splat(0));
    for (int l = 0; l < LANES; l++)
      for (int32_t k = target->from[l]; k < target->to[l]; k++) out[target->columns[k] * LANES + l] = a[l];
    break;
  default:
    elementwise(p->op, out, a, v + (long)p->b * LANES, v + (long)p->c * LANES, p->constant, (long)p->size * LANES);
  }
}

// n numbers of up to LANES rows, `stride` floats apart, side by side; lanes behind the last row repeat it.
static void rows_to_lanes(float *to, const float *from, long n, long stride, long rows) {
  for (long l = 0; l < LANES; l++) {
    const float *row = from + (l < rows ? l : rows - 1) * stride;
    for (long j = 0; j < n; j++) to[j * LANES + l] = row[j];
  }
}
#endif
