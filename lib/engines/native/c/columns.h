// Products with rows that are mostly zeros, and sums over rows: a few vectors of columns at a time, all rows through.
#ifndef COLUMNS_H
#define COLUMNS_H
#include "vector.h"

// Some vectors of columns, at most four, at a time: `what` for each such part, from column j on, where VECTORS is their number.
#define PART(n, what) case n: { enum { VECTORS = n }; what; } break;
#define IN_VECTORS(width, what) \
  for (long j = 0; j < (width); j += 4 * LANES) switch ((width) - j >= 4 * LANES ? 4 : ((width) - j) / LANES) { \
    PART(1, what) PART(2, what) PART(3, what) PART(4, what) \
  }

// to[r] = first + the rows of `from` that stand in a sparse row r (offsets NULL: none).
INLINE void gather_rows(const int vectors, long rows, long width, const int32_t *offsets, const int32_t *columns, const float *from, const float *first,
                        float *to) {
  vf begin[4];
  UNROLL for (int v = 0; v < vectors; v++) begin[v] = load(first + v * LANES);
  for (long r = 0; r < rows; r++, to += width) {
    vf sums[4];
    UNROLL for (int v = 0; v < vectors; v++) sums[v] = begin[v];
    if (offsets)
      for (const int32_t *c = columns + offsets[r], *end = columns + offsets[r + 1]; c < end; c++)
        UNROLL for (int v = 0; v < vectors; v++) sums[v] += load(from + *c * width + v * LANES);
    UNROLL for (int v = 0; v < vectors; v++) store(to + v * LANES, sums[v]);
  }
}

// Adds each row r of `from` to the rows of `to` that stand in a sparse row r.
INLINE void scatter_rows(const int vectors, long rows, long width, const int32_t *offsets, const int32_t *columns, const float *from, float *to) {
  for (long r = 0; r < rows; r++, from += width) {
    vf row[4];
    UNROLL for (int v = 0; v < vectors; v++) row[v] = load(from + v * LANES);
    for (const int32_t *c = columns + offsets[r], *end = columns + offsets[r + 1]; c < end; c++)
      UNROLL for (int v = 0; v < vectors; v++) {
        float *at = to + *c * width + v * LANES;
        store(at, load(at) + row[v]);
      }
  }
}

INLINE vf factor_or_product(const float *a, const float *b, long at) {
  vf product = load(a + at);
  if (b) product *= load(b + at);
  return product;
}

// to[j] += sum over rows of a[r][j] b[r][j] (b NULL: of a[r][j]), for some vectors of columns, in two chains each.
INLINE void sum_rows(const int vectors, long rows, long width, const float *a, const float *b, float *to) {
  vf even[4], odd[4];
  UNROLL for (int v = 0; v < vectors; v++) even[v] = load(to + v * LANES), odd[v] = splat(0);
  for (long at = 0, end = rows * width; at < end; at += width) {
    UNROLL for (int v = 0; v < vectors; v++) even[v] += factor_or_product(a, b, at + v * LANES);
    if ((at += width) >= end) break;
    UNROLL for (int v = 0; v < vectors; v++) odd[v] += factor_or_product(a, b, at + v * LANES);
  }
  UNROLL for (int v = 0; v < vectors; v++) store(to + v * LANES, even[v] + odd[v]);
}

static void column_sums(long rows, long width, const float *a, const float *b, float *to) {
  IN_VECTORS(width, sum_rows(VECTORS, rows, width, a + j, b ? b + j : NULL, to + j))
}
#endif
