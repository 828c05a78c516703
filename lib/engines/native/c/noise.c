// Weight noise, bit for bit as lib/random/normal.ts draws it. Compiled with -ffp-contract=off: a fused multiply-add rounds once
// where the other engines round twice.
#include "noise.h"
#include "vector.h"
typedef uint32_t vu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE vu rotate(vu x, int r) { return (x << r) | (x >> (32 - r)); }

// Threefry-2x32, 20 rounds.
INLINE void threefry(uint32_t key0, uint32_t key1, vu *x0, vu *x1) {
  const uint32_t keys[3] = {key0, key1, 0x1bd11bdau ^ key0 ^ key1};
  const int rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  vu a = *x0 + key0, b = *x1 + key1;
#pragma GCC unroll 5
  for (int group = 0; group < 5; group++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      a += b;
      b = rotate(b, rotations[(group % 2) * 4 + i]) ^ a;
    }
    a += keys[(group + 1) % 3];
    b += keys[(group + 2) % 3] + (uint32_t)group + 1;
  }
  *x0 = a;
  *x1 = b;
}

INLINE vf noise_log(vf value) {
  vi bits = (vi)value;
  vi exponent = (bits >> 23) - 126;
  vf m = (vf)((bits & 0x007fffff) | 0x3f000000);
  vi low = m < 0.70710678118654752440f;
  exponent += low;
  m = choose(low, m + m, m);
  vf x = m - 1.0f, square = x * x;
  vf p = splat(7.0376836292e-2f);
  p = -1.151461031e-1f + p * x;
  p = 1.167699874e-1f + p * x;
  p = -1.2420140846e-1f + p * x;
  p = 1.4249322787e-1f + p * x;
  p = -1.6668057665e-1f + p * x;
  p = 2.0000714765e-1f + p * x;
  p = -2.4999993993e-1f + p * x;
  p = 3.3333331174e-1f + p * x;
  vf y = (p * x) * square;
  vf e = __builtin_convertvector(exponent, vf);
  y = y + e * -2.12194440e-4f;
  y = y - 0.5f * square;
  return (x + y) + e * 0.693359375f;
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

// The polynomial of the inverse error function at v, between -1 and 1 as x.
INLINE vf inverse_erf(const float *coefficients, vf v, vf x) {
  vf p = splat(coefficients[0]);
#pragma GCC unroll 8
  for (int i = 1; i < 9; i++) p = coefficients[i] + p * v;
  return p * x;
}

INLINE vf normal(vu word) {
  const float centrals[9] = {2.81022636e-8f, 3.43273939e-7f, -3.5233877e-6f, -4.39150654e-6f, 0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f};
  const float tails[9] = {-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f, -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f};
  vi odd = (vi)((word >> 9) << 1) - 8388607; // 2 (word >> 9) + 1 - 2^23
  vf x = __builtin_convertvector(odd, vf) * 1.1920928955078125e-7f;
  vf w = -noise_log((1.0f - x) * (1.0f + x));
  vi central = w < 5.0f;
  vf value = inverse_erf(centrals, w - 2.5f, x);
  if (!all_true(central)) value = choose(central, value, inverse_erf(tails, square_root(w) - 3.0f, x)); // one number in 300
  return value * 1.41421356237309504880f;
}

void add_noise(const float *from, float *to, float deviation, uint32_t seed, uint32_t update, uint32_t stream, long rows, long columns, long width) {
  vu lanes;
  for (int i = 0; i < LANES; i++) lanes[i] = (uint32_t)i;
  for (long row = 0; row < rows; row++) {
    const float *w = from + row * width;
    float *out = to + row * width;
    for (long block = 0; block * 32 < columns; block++)
      for (uint32_t lane = 0; lane < 16; lane += LANES) {
        vu x[2] = {(vu){0} + (uint32_t)row, lanes + (stream * 1048576u + (uint32_t)block * 16u + lane)};
        threefry(seed, update, &x[0], &x[1]);
        for (int half = 0; half < 2; half++) {
          long at = block * 32 + half * 16 + lane;
          long left = columns - at;
          if (left <= 0) continue;
          vf noise = normal(x[half]) * deviation;
          if (left < LANES) noise = choose((vi)lanes < (int32_t)left, noise, splat(0)); // padding stays 0
          store(out + at, load(w + at) + noise);
        }
      }
  }
}
