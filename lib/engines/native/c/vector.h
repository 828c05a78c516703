// Vectors of LANES floats by the compiler's vector extension, and the elementary functions on them. The same source becomes
// AVX-512, AVX2, NEON or WebAssembly SIMD; with -ffp-contract=fast, x * y + z becomes a fused multiply-add where there is one.
#ifndef VECTOR_H
#define VECTOR_H
#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vf __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t vi __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
#define INLINE static inline __attribute__((always_inline))
// What many loops call, and what few jobs need. Within its callers it would cost their other loops registers in WebAssembly, where
// the browser's compiler has to find them in a hurry; compilers of this machine choose for themselves.
#ifdef __wasm__
#define APART static __attribute__((noinline))
#else
#define APART static
#endif

#define PRAGMA(x) _Pragma(#x)
#if defined(__clang__)
#define UNROLL PRAGMA(clang loop unroll(full))
#else
#define UNROLL PRAGMA(GCC unroll 16)
#endif

INLINE vf load(const float *p) { return *(const vf *)p; }
INLINE void store(float *p, vf v) { *(vf *)p = v; }
INLINE vf splat(float x) { return x - (vf){0}; }
#if defined(__wasm_relaxed_simd__)
// The compiler must not see through this: it would make relaxed_min and relaxed_max of it, which may lose a NaN.
INLINE vf choose(vi mask, vf a, vf b) { return (vf)__builtin_wasm_relaxed_laneselect_i32x4((vi)a, (vi)b, mask); }
#else
INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
#endif
// The larger and the smaller of two: a where they are equal, and where one is NaN. What compilers make of the comparison is three
// instructions where processors have one of just this meaning.
#if defined(__AVX512F__)
INLINE vf maximum(vf a, vf b) { return (vf)_mm512_max_ps((__m512)b, (__m512)a); }
INLINE vf minimum(vf a, vf b) { return (vf)_mm512_min_ps((__m512)b, (__m512)a); }
#elif defined(__AVX__)
INLINE vf maximum(vf a, vf b) { return (vf)_mm256_max_ps((__m256)b, (__m256)a); }
INLINE vf minimum(vf a, vf b) { return (vf)_mm256_min_ps((__m256)b, (__m256)a); }
#elif defined(__SSE2__)
INLINE vf maximum(vf a, vf b) { return (vf)_mm_max_ps((__m128)b, (__m128)a); }
INLINE vf minimum(vf a, vf b) { return (vf)_mm_min_ps((__m128)b, (__m128)a); }
#elif defined(__wasm__)
INLINE vf maximum(vf a, vf b) { return (vf)__builtin_wasm_pmax_f32x4(a, b); }
INLINE vf minimum(vf a, vf b) { return (vf)__builtin_wasm_pmin_f32x4(a, b); }
#else
INLINE vf maximum(vf a, vf b) { return choose(a < b, b, a); }
INLINE vf minimum(vf a, vf b) { return choose(b < a, b, a); }
#endif
// x in the lanes of the mask, else 0, whatever stands there.
INLINE vf among(vi mask, vf x) { return (vf)(mask & (vi)x); }

INLINE vi lane_numbers(void) {
  vi lanes = {0};
  for (int i = 0; i < LANES; i++) lanes[i] = i;
  return lanes;
}

INLINE vf absolute(vf x) { return (vf)((vi)x & 0x7fffffff); }

// Where the processor does not flush them (engine.c), numbers on their way below the least normal one are cut off by hand in what
// recurs: carried gradients, shares of a mixture, the optimiser's averages.
#ifdef __wasm__
INLINE vf fading(vf x) { return choose(absolute(x) < 1e-30f, (vf){0}, x); }
#else
INLINE vf fading(vf x) { return x; }
#endif

INLINE float sum(vf x) {
  float s = 0;
  for (int i = 0; i < LANES; i++) s += x[i];
  return s;
}

// Largest errors found over all magnitudes, in units in the last place (tests/engines/native/elementary.test.ts): exp 0.97,
// log 0.75, sigmoid 2.29, tanh 1.18, softplus 1.96; results below 2^-126 are flushed to 0.

// 2^n e^f by Cephes' expf, |f| <= ln 2 / 2, for y within the range of floats: e^y in two parts.
INLINE vf vexp_parts(vf y, vf *n) {
  vf r = y * 1.44269504088896341f + 12582912.0f; // 1.5 * 2^23: the sum's low bits are the nearest integer
  *n = r;
  r -= 12582912.0f;
  vf f = y - r * 0.693359375f;
  f -= r * -2.12194440e-4f;
  vf p = f * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * f + 8.3334519073e-3f;
  p = p * f + 4.1665795894e-2f;
  p = p * f + 1.6666665459e-1f;
  p = p * f + 5.0000001201e-1f;
  return p * (f * f) + f + 1.0f;
}

#if defined(__AVX512F__)
// e^x. NaN stays NaN; beyond the range of floats: 0 and infinity.
INLINE vf vexp(vf x) {
  vf r, p = vexp_parts(minimum(maximum(x, splat(-100.0f)), splat(100.0f)), &r);
  return (vf)_mm512_scalef_ps((__m512)p, (__m512)(r - 12582912.0f));
}

INLINE vf vexp_within(vf x) { return vexp(x); }
#else
// e^x. NaN stays NaN; beyond the range of floats: 0 and infinity.
INLINE vf vexp(vf x) {
  const vi over = x > 88.72283f, under = x < -87.33654f;
  vf r, p = vexp_parts(choose(under, splat(-87.33654f), choose(over, splat(88.72283f), x)), &r);
  vi n = (vi)r - 0x4b400000, half = n >> 1; // 2^n in two factors: n reaches 128
  vf e = p * (vf)((half + 127) << 23) * (vf)((n - half + 127) << 23);
  return choose(over, splat(__builtin_inff()), choose(under, splat(0.0f), e));
}

// e^x for what adds 1 to it: the same bits from -87.3 to 88.3, infinity beyond, and as much as there below. NaN stays NaN.
INLINE vf vexp_within(vf x) {
  vf r, p = vexp_parts(minimum(maximum(x, splat(-87.33654f)), splat(88.72283f)), &r);
  return p * (vf)(((vi)r - (0x4b400000 - 127)) << 23);
}
#endif

// ln x by Cephes' logf. ln 0 = -infinity; negative: NaN; smaller than the least normal number: as that one.
INLINE vf vlog(vf x) {
  vf y = maximum(x, splat(1.17549435e-38f));
  vi bits = (vi)y;
  vi exponent = (bits >> 23) - 126;
  vf m = (vf)((bits & 0x007fffff) | 0x3f000000);
  vi low = m < 0.707106781186547524f;
  exponent += low; // a true comparison is -1
  m = choose(low, m + m, m) - 1.0f;
  vf z = m * m;
  vf p = m * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  vf e = __builtin_convertvector(exponent, vf);
  vf r = p * m * z + e * -2.12194440e-4f - 0.5f * z;
  r = m + r + e * 0.693359375f;
  vf inf = splat(__builtin_inff());
  r = choose(x == inf, inf, r);
  r = choose(x > 0.0f, r, choose(x == 0.0f, -inf, splat(__builtin_nanf(""))));
  return r;
}

// 1 / x for x from 1e-38 to infinity: an estimate and a Newton step where division takes many times as long. NaN stays NaN.
INLINE vf reciprocal(vf x) {
#if defined(__AVX512F__)
  x = minimum(x, splat(3e38f)); // infinity: 1 / 3e38 is flushed to 0
  vf y = (vf)_mm512_rcp14_ps((__m512)x);
  return y + y * (1.0f - x * y);
#else
  return 1.0f / x;
#endif
}

INLINE vf square_root(vf x) {
  vf y = x;
  for (int i = 0; i < LANES; i++) y[i] = __builtin_sqrtf(x[i]);
  return y;
}

// 1 / square root of a positive normal number.
INLINE vf reciprocal_root(vf x) {
#if defined(__AVX512F__)
  vf y = (vf)_mm512_rsqrt14_ps((__m512)x);
  return y * (1.5f - 0.5f * x * y * y);
#else
  return 1.0f / square_root(x);
#endif
}

INLINE vf vsigmoid(vf x) { return reciprocal(1.0f + vexp_within(-x)); }

// Near 0 by Cephes' polynomial, elsewhere by e^2|x|.
INLINE vf vtanh(vf x) {
  vf a = absolute(x), z = x * x;
  vf p = z * -5.70498872745e-3f + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  vf small = p * z * x + x;
  vf large = 1.0f - 2.0f * reciprocal(vexp_within(a + a) + 1.0f);
  large = (vf)((vi)large | ((vi)x & (vi)splat(-0.0f)));
  return choose(a < 0.625f, small, choose(x == x, large, x));
}

// ln(1 + e) for 0 <= e <= 1: e + e^2 q(e), q through (ln(1 + e) / e - 1) / e at Chebyshev's points.
INLINE vf vlog1p(vf e) {
  vf q = e * -3.1760570127516985e-3f + 1.9542526453733444e-2f;
  q = q * e - 5.6373611092567444e-2f;
  q = q * e + 1.0543623566627502e-1f;
  q = q * e - 1.5269666910171509e-1f;
  q = q * e + 1.9663274288177490e-1f;
  q = q * e - 2.4951615929603577e-1f;
  q = q * e + 3.3329710364341736e-1f;
  q = q * e - 4.9999892711639404e-1f;
  return q * (e * e) + e;
}

INLINE vf vsoftplus(vf x) { return maximum(x, splat(0.0f)) + vlog1p(vexp(-absolute(x))); }

// ln Gamma(x), x > 0: from 8 on by Stirling's series; below, x is brought to 1.5 ... 2.5 by Gamma(x + 1) = x Gamma(x), where ln Gamma is
// u q(u), u = x - 2, q through Chebyshev's points: exactly 0 at 1 and 2.
INLINE vf vloggamma(vf x) {
  const vi large = x >= 8.0f;
  vf y = choose(large, splat(2), x), up = splat(1), down = splat(1);
  for (int i = 0; i < 2; i++) {
    const vi below = y < 1.5f;
    up = choose(below, up * y, up);
    y = choose(below, y + 1.0f, y);
  }
  for (int i = 0; i < 6; i++) {
    const vi above = y >= 2.5f;
    y = choose(above, y - 1.0f, y);
    down = choose(above, down * y, down);
  }
  const vf u = y - 2.0f;
  vf q = u * 1.1500357e-4f - 2.5386184e-4f;
  q = q * u + 5.0565741e-4f;
  q = q * u - 1.1858377e-3f;
  q = q * u + 2.8909562e-3f;
  q = q * u - 7.3861776e-3f;
  q = q * u + 2.0580788e-2f;
  q = q * u - 6.7352281e-2f;
  q = q * u + 3.2246703e-1f;
  q = q * u + 4.2278434e-1f;
  const vf small = q * u + vlog(down) - vlog(up);
  const vf z = choose(large, x, splat(8)), r = 1.0f / z, s = r * r;
  const vf series = r * (8.3333333e-2f + s * (-2.7777778e-3f + s * 7.9365079e-4f));
  const vf far = (z - 0.5f) * vlog(z) - z + 0.918938533f + series;
  return choose(large, far, choose(x > 0.0f, small, choose(x == 0.0f, splat(__builtin_inff()), splat(__builtin_nanf("")))));
}

// The derivative of ln Gamma, x > 0: by its recurrence to 8, and an asymptotic series from there.
INLINE vf vdigamma(vf x) {
  vf y = x, sum = splat(0);
  for (int i = 0; i < 8; i++) {
    const vi below = y < 8.0f;
    sum = choose(below, sum + 1.0f / y, sum);
    y = choose(below, y + 1.0f, y);
  }
  const vf r = 1.0f / y, s = r * r;
  const vf series = s * (8.3333333e-2f - s * (8.3333333e-3f - s * 3.9682540e-3f));
  return choose(x > 0.0f, vlog(y) - 0.5f * r - series - sum, splat(__builtin_nanf("")));
}
#endif
