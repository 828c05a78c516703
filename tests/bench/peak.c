// Prints the GFLOP/s of fused multiply-adds that wait for nothing and touch no memory: what one core can do at most,
// at its widest vectors, or with -DLANES=4 at the 128 bits that WebAssembly has.
#include <stdio.h>
#include <time.h>
#if defined(LANES)
#elif defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif
typedef float vf __attribute__((vector_size(LANES * 4)));

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void) {
  double best = 0;
  for (int repeat = 0; repeat < 20; repeat++) {
    const long rounds = 1000000;
    vf a[12], factor = (vf){0} + 0.999999f, term = (vf){0} + 1e-6f;
    for (int i = 0; i < 12; i++) a[i] = (vf){0} + (float)i;
    const double begin = now();
    for (long k = 0; k < rounds; k++) {
#pragma GCC unroll 12
      for (int i = 0; i < 12; i++) a[i] = a[i] * factor + term;
    }
    const double seconds = now() - begin;
    for (int i = 1; i < 12; i++) a[0] += a[i];
    volatile float used = a[0][0];
    (void)used;
    const double rate = 2.0 * LANES * 12 * (double)rounds / seconds / 1e9;
    if (rate > best) best = rate;
  }
  printf("%.1f\n", best);
}
