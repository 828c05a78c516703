// Matrix products C (+)= A B in tiles that stay in registers. B is packed: panels of up to NV vectors of columns, each panel
// K x its width, so that a tile reads B in order; or, for weight gradients, B is read in place, row by row.
#ifndef GEMM_H
#define GEMM_H
#include "vector.h"
#include <stddef.h>

#if LANES == 16
#define MR 8
#define NV 3
#elif LANES == 8
#define MR 6
#define NV 2
#elif defined(__aarch64__)
#define MR 6
#define NV 2
#else
#define MR 4
#define NV 2
#endif

// GCC would let sums move into the register of a factor that is done with, and move them all back at every turn.
#if defined(__AVX512F__)
#define KEEP(x) __asm__ volatile("" : : "v"(x))
#else
#define KEEP(x)
#endif

// Rows that later products will read. Sequences are longer than the second cache: while a tile is in the making, a share of them,
// in proportion to its multiply-adds, is called into it.
typedef struct {
  const char *from; // in cache lines
  long lines;
} Stretch;

typedef struct {
  Stretch stretches[16];
  int count, now;
  float linesPerStep; // lines for a multiply-add of vectors
} Ahead;

INLINE void fetch(Ahead *ahead, long work) {
#ifndef __wasm__
  long lines = (long)((float)work * ahead->linesPerStep) + 1;
  for (; ahead->now < ahead->count && lines > 0; ahead->now++) {
    Stretch *s = ahead->stretches + ahead->now;
    const long taken = s->lines < lines ? s->lines : lines;
    for (long i = 0; i < taken; i++) __builtin_prefetch(s->from + 64 * i, 0, 2);
    s->from += 64 * taken;
    s->lines -= taken;
    lines -= taken;
    if (s->lines > 0) break;
  }
#endif
}

INLINE void fetch_later(Ahead *ahead, const float *from, long floats) {
  if (ahead->count < 16) ahead->stretches[ahead->count++] = (Stretch){(const char *)from, floats / 16};
}

// C[i][j] = base[i * rowBase + j] + sum over k of A[i * rowA + k * stepA] B[k * stepB + j], for m rows and v vectors of columns.
// Few rows leave the multiply-adds waiting for one another: then `split` chains take turns.
INLINE void tile(const int m, const int v, const int split, long K, const float *A, long rowA, long stepA, const float *B, long stepB,
                 const float *base, long rowBase, float *C, long rowC) {
  vf c[4][MR][NV];
  UNROLL for (int s = 0; s < split; s++) UNROLL for (int i = 0; i < m; i++) UNROLL for (int j = 0; j < v; j++) c[s][i][j] = splat(0);
  long k = 0;
  for (; k + split <= K; k += split) {
    UNROLL for (int s = 0; s < split; s++) {
      vf b[NV];
      UNROLL for (int j = 0; j < v; j++) b[j] = load(B + j * LANES);
      UNROLL for (int i = 0; i < m; i++) {
        vf a = splat(A[i * rowA]);
        UNROLL for (int j = 0; j < v; j++) c[s][i][j] += a * b[j];
        KEEP(a);
      }
      A += stepA;
      B += stepB;
    }
  }
  if (split > 1)
    for (; k < K; k++) {
      UNROLL for (int i = 0; i < m; i++) {
        vf a = splat(A[i * rowA]);
        UNROLL for (int j = 0; j < v; j++) c[0][i][j] += a * load(B + j * LANES);
      }
      A += stepA;
      B += stepB;
    }
  UNROLL for (int s = 1; s < split; s++) UNROLL for (int i = 0; i < m; i++) UNROLL for (int j = 0; j < v; j++) c[0][i][j] += c[s][i][j];
  UNROLL for (int i = 0; i < m; i++) UNROLL for (int j = 0; j < v; j++) {
    if (base) c[0][i][j] += load(base + i * rowBase + j * LANES);
    store(C + i * rowC + j * LANES, c[0][i][j]);
  }
}

#define SPLIT(m) ((m) == 1 ? 4 : (m) == 2 ? 2 : 1)
#define CASE(m, v) \
  case (m) * 4 + (v): \
    tile(m, v, SPLIT(m), K, A, rowA, stepA, B, stepB, base, rowBase, C, rowC); \
    return;
#if NV == 3
#define ROW(m) CASE(m, 1) CASE(m, 2) CASE(m, 3)
#else
#define ROW(m) CASE(m, 1) CASE(m, 2)
#endif
#if MR == 8
#define ROWS ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7) ROW(8)
#elif MR == 6
#define ROWS ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6)
#else
#define ROWS ROW(1) ROW(2) ROW(3) ROW(4)
#endif

// A row-major, B packed.
static void tile_packed(int m, int v, long K, const float *A, long rowA, const float *B, const float *base, long rowBase, float *C, long rowC) {
  const long stepA = 1, stepB = (long)v * LANES;
  switch (m * 4 + v) { ROWS }
}

// A column by column, B in place; adds to C.
static void tile_transposed(int m, int v, long K, const float *A, long stepA, const float *B, long stepB, float *C, long rowC) {
  const float *base = C;
  const long rowA = 1, rowBase = rowC;
  switch (m * 4 + v) { ROWS }
}

// Rows of the next tile: all of them of about the same height, so that the last one is not a sliver.
INLINE int height(int left) {
  int tiles = (left + MR - 1) / MR;
  return (left + tiles - 1) / tiles;
}

// Rows and columns of a square of LANES x LANES change places: squares of `half` beyond the diagonal, from the smallest on.
#define BELOW(i, half) ((i) & (half) ? LANES + (i) - (half) : (i))
#define BEYOND(i, half) ((i) & (half) ? LANES + (i) : (i) + (half))
#define OF_4(of, i, half) of(i, half), of((i) + 1, half), of((i) + 2, half), of((i) + 3, half)
#if LANES == 16
#define OF_LANES(of, half) OF_4(of, 0, half), OF_4(of, 4, half), OF_4(of, 8, half), OF_4(of, 12, half)
#elif LANES == 8
#define OF_LANES(of, half) OF_4(of, 0, half), OF_4(of, 4, half)
#else
#define OF_LANES(of, half) OF_4(of, 0, half)
#endif
#if defined(__clang__) || __GNUC__ >= 12
#define MIXED(a, b, of, half) __builtin_shufflevector(a, b, OF_LANES(of, half))
#else
#define MIXED(a, b, of, half) __builtin_shuffle(a, b, (vi){OF_LANES(of, half)})
#endif
#define CHANGE_PLACES(half) \
  UNROLL for (int i = 0; i < LANES; i++) if (!(i & (half))) { \
    const vf a = r[i], b = r[i + (half)]; \
    r[i] = MIXED(a, b, BELOW, half); \
    r[i + (half)] = MIXED(a, b, BEYOND, half); \
  }
INLINE void transpose(vf r[LANES]) {
  CHANGE_PLACES(1)
  CHANGE_PLACES(2)
#if LANES >= 8
  CHANGE_PLACES(4)
#endif
#if LANES >= 16
  CHANGE_PLACES(8)
#endif
}

// Packs a K x N matrix: B[k][n] = source[k * stepK + n * stepN], 0 from `columns` on; one of the steps is 1, and what lies side by
// side in the source is padded to whole vectors, with zeros where that is columns. N is whole vectors.
static void pack(long K, long N, long columns, const float *source, long stepK, long stepN, float *to) {
  for (long n = 0; n < N; n += NV * LANES) {
    const long width = N - n < NV * LANES ? N - n : NV * LANES;
    if (stepN == 1)
      for (long k = 0; k < K; k++)
        for (long j = 0; j < width; j += LANES) store(to + k * width + j, load(source + k * stepK + n + j));
    else
      for (long j = 0; j < width; j += LANES)
        for (long k = 0; k < K; k += LANES) {
          vf r[LANES];
          UNROLL for (int i = 0; i < LANES; i++) r[i] = n + j + i < columns ? load(source + (n + j + i) * stepN + k) : splat(0);
          transpose(r);
          const long rows = K - k < LANES ? K - k : LANES;
          for (long i = 0; i < rows; i++) store(to + (k + i) * width + j, r[i]);
        }
    to += K * width;
  }
}

// Depth of a tile: what of B passes through it stays in the first cache beside the tiles of A.
#define DEPTH 128

// C [M, N] = base + A [M, K] B, B packed. The base is C itself, or a row (rowBase 0) that every row begins with, or NULL for zeros.
// While the last rows are worked on, `later` is fetched (NULL: nothing).
static void gemm(long M, long N, long K, const float *A, long rowA, const float *packed, const float *base, long rowBase, float *C, long rowC,
                 Ahead *later) {
  const long block = 64; // rows of A that stay in the second cache while the panels of B pass
  const long pieces = (K + DEPTH - 1) / DEPTH, depth = (K + pieces - 1) / pieces;
  for (long from = 0; from < M; from += block) {
    const long to = from + block < M ? from + block : M;
    const float *panel = packed;
    Ahead next = {.linesPerStep = (float)(rowA + rowC) / 16 * LANES / (float)(N * K)};
    if (to < M) {
      const long rows = M - to < block ? M - to : block;
      fetch_later(&next, A + to * rowA, rows * rowA);
      fetch_later(&next, C + to * rowC, rows * rowC);
    }
    Ahead *const ahead = to < M ? &next : later;
    for (long n = 0; n < N; n += NV * LANES) {
      const int v = N - n < NV * LANES ? (int)((N - n) / LANES) : NV;
      for (long k = 0; k < K; k += depth) {
        const long deep = K - k < depth ? K - k : depth;
        for (long i = from; i < to;) {
          const int m = height((int)(to - i));
          float *c = C + i * rowC + n;
          const float *before = k > 0 ? c : base ? base + i * rowBase + n : NULL;
          if (ahead) fetch(ahead, m * v * deep);
          tile_packed(m, v, deep, A + i * rowA + k, rowA, panel + k * v * LANES, before, k > 0 ? rowC : rowBase, c, rowC);
          i += m;
        }
      }
      panel += K * v * LANES;
    }
  }
}

// C [M, N] += A' B, A [rows, M], B [rows, N]: a weight gradient over all rows. Where B is wide, columns of A are first laid into
// strips, a tile's columns side by side, since every panel of B reads them again.
static void gemm_transposed(long M, long N, long rows, const float *A, long rowA, const float *B, long rowB, float *C, long rowC) {
  enum { STRIPS = LANES / 2 };
  float strips[STRIPS * DEPTH * MR];
  const int laid = N > 2 * NV * LANES;
  for (long from = 0; from < rows; from += DEPTH) {
    const long K = rows - from < DEPTH ? rows - from : DEPTH, next = rows - from - K < DEPTH ? rows - from - K : DEPTH;
    Ahead ahead = {.linesPerStep = (float)((rowA + rowB) / 16 + 1) * LANES / (float)(M * N)};
    fetch_later(&ahead, A + (from + K) * rowA, next * rowA);
    fetch_later(&ahead, B + (from + K) * rowB, next * rowB);
    for (long first = 0; first < M;) {
      int heights[STRIPS], count = 0;
      long end = first;
      for (; count < STRIPS && end < M; end += heights[count++]) {
        const int m = heights[count] = height((int)(M - end));
        if (!laid) continue;
        float *strip = strips + count * DEPTH * MR;
        const float *a = A + from * rowA + end;
        if (end + MR <= rowA) // whole tiles, the last one with some padding
          for (long k = 0; k < K; k++, a += rowA, strip += MR) __builtin_memcpy(strip, a, sizeof(float) * MR);
        else
          for (long k = 0; k < K; k++, a += rowA, strip += MR)
            for (int i = 0; i < m; i++) strip[i] = a[i];
      }
      for (long n = 0; n < N; n += NV * LANES) {
        const int v = N - n < NV * LANES ? (int)((N - n) / LANES) : NV;
        for (long t = 0, i = first; t < count; i += heights[t++]) {
          fetch(&ahead, heights[t] * v * K);
          tile_transposed(heights[t], v, K, laid ? strips + t * DEPTH * MR : A + from * rowA + i, laid ? MR : rowA, B + from * rowB + n, rowB,
                          C + i * rowC + n, rowC);
        }
      }
      first = end;
    }
  }
}
#endif
