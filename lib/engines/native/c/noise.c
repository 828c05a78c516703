// Weight noise, bit for bit as lib/random/normal.ts draws it. Compiled with -ffp-contract=off: a fused multiply-add rounds once
// where the other engines round twice.
#include "noise.h"
#include "vector.h"
typedef uint32_t vu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE vu rotate(vu x, int r) { return (x << r) | (x >> (32 - r)); }

// One number's way to its noise is a long chain of steps that wait for one another: several vectors go it side by side.
// CHAINS of the generator, each of which draws two vectors; in WebAssembly more would cost registers.
#ifdef __wasm__
#define CHAINS 1
#else
#define CHAINS 2
#endif
#define VECTORS (2 * CHAINS)
#define EACH(i, count) PRAGMA(GCC unroll 4) for (int i = 0; i < (count); i++)
#define PRAGMA(x) _Pragma(#x)

// Threefry-2x32, 20 rounds: the two words of every counter in place of it and its row.
INLINE void threefry(uint32_t key0, uint32_t key1, vu *a, vu *b) {
  const uint32_t keys[3] = {key0, key1, 0x1bd11bdau ^ key0 ^ key1};
  const int rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  EACH(k, CHAINS) a[k] += key0, b[k] += key1;
#pragma GCC unroll 5
  for (int group = 0; group < 5; group++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) EACH(k, CHAINS) {
      a[k] += b[k];
      b[k] = rotate(b[k], rotations[(group % 2) * 4 + i]) ^ a[k];
    }
    EACH(k, CHAINS) a[k] += keys[(group + 1) % 3], b[k] += keys[(group + 2) % 3] + (uint32_t)group + 1;
  }
}

// p[k] = the polynomial at x[k]; its coefficients from the highest power on.
INLINE void polynomials(const float *coefficients, const vf *x, vf *p) {
  EACH(k, VECTORS) p[k] = splat(coefficients[0]);
#pragma GCC unroll 8
  for (int i = 1; i < 9; i++) EACH(k, VECTORS) p[k] = coefficients[i] + p[k] * x[k];
}

INLINE void noise_logs(const vf *values, vf *logs) {
  const float coefficients[9] = {7.0376836292e-2f, -1.151461031e-1f, 1.167699874e-1f, -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f};
  vf x[VECTORS], e[VECTORS], p[VECTORS];
  EACH(k, VECTORS) {
    vi bits = (vi)values[k], exponent = (bits >> 23) - 126;
    vf m = (vf)((bits & 0x007fffff) | 0x3f000000);
    vi low = m < 0.70710678118654752440f;
    exponent += low;
    e[k] = __builtin_convertvector(exponent, vf);
    x[k] = choose(low, m + m, m) - 1.0f;
  }
  polynomials(coefficients, x, p);
  EACH(k, VECTORS) {
    vf square = x[k] * x[k], y = (p[k] * x[k]) * square;
    y = y + e[k] * -2.12194440e-4f;
    y = y - 0.5f * square;
    logs[k] = (x[k] + y) + e[k] * 0.693359375f;
  }
}

INLINE int all_true(vi mask) {
#if defined(__AVX512F__)
  return _mm512_movepi32_mask((__m512i)mask) == 0xffff;
#else
  int32_t all = -1;
  for (int i = 0; i < LANES; i++) all &= mask[i];
  return all;
#endif
}

// Standard normal numbers by the inverse error function, of words that are spread evenly.
INLINE void normals(const vu *words, vf *out) {
  const float centrals[9] = {2.81022636e-8f, 3.43273939e-7f, -3.5233877e-6f, -4.39150654e-6f, 0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f};
  const float tails[9] = {-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f, -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f};
  vf x[VECTORS], w[VECTORS], from[VECTORS], p[VECTORS];
  EACH(k, VECTORS) {
    vi odd = (vi)((words[k] >> 9) << 1) - 8388607; // 2 (word >> 9) + 1 - 2^23
    x[k] = __builtin_convertvector(odd, vf) * 1.1920928955078125e-7f;
    w[k] = (1.0f - x[k]) * (1.0f + x[k]);
  }
  noise_logs(w, w);
  vi central = (vi){0} - 1;
  EACH(k, VECTORS) {
    w[k] = -w[k];
    central &= w[k] < 5.0f;
    from[k] = w[k] - 2.5f;
  }
  polynomials(centrals, from, p);
  if (!all_true(central)) { // one number in 300
    vf far[VECTORS];
    EACH(k, VECTORS) from[k] = square_root(w[k]) - 3.0f;
    polynomials(tails, from, far);
    EACH(k, VECTORS) p[k] = choose(w[k] < 5.0f, p[k], far[k]);
  }
  EACH(k, VECTORS) out[k] = p[k] * x[k] * 1.41421356237309504880f;
}

// Counter d of a row draws this column of it, and the one 16 further on.
INLINE long column_of(long d) { return d / 16 * 32 + d % 16; }

void add_noise(const float *from, float *to, float deviation, uint32_t seed, uint32_t update, uint32_t stream, long row, long end, long columns,
               long width) {
  vu lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = (uint32_t)i;
  for (; row < end; row++) {
    const float *w = from + row * width;
    float *out = to + row * width;
    for (long first = 0; first / 16 * 32 < columns; first += CHAINS * LANES) {
      if (column_of(first) >= columns) continue;
      vu words[VECTORS];
      vf noise[VECTORS];
      EACH(k, CHAINS) {
        words[k] = (vu){0} + (uint32_t)row;
        words[CHAINS + k] = lanes + (stream * 1048576u + (uint32_t)(first + k * LANES));
      }
      threefry(seed, update, words, words + CHAINS);
      normals(words, noise);
      EACH(k, VECTORS) {
        const long at = column_of(first + k % CHAINS * LANES) + k / CHAINS * 16, left = columns - at;
        if (left <= 0) continue;
        vf some = noise[k] * deviation;
        if (left < LANES) some = choose((vi)lanes < (int32_t)left, some, splat(0)); // padding stays 0
        store(out + at, load(w + at) + some);
      }
    }
  }
}
