// What this processor has, of what a variant of this source may be built for (../build.mjs), and its operating system lets
// programs use. Asked of the variant that needs nothing, before any other is loaded.
#ifndef PROCESSOR_H
#define PROCESSOR_H
#include <stddef.h>

static size_t processor_features(const char *names[16]) {
  size_t count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
#define HAS(name) if (__builtin_cpu_supports(name)) names[count++] = name
  HAS("avx2");
  HAS("fma");
  HAS("bmi");
  HAS("bmi2");
  HAS("avx512f");
  HAS("avx512cd");
  HAS("avx512bw");
  HAS("avx512dq");
  HAS("avx512vl");
#undef HAS
#else
  (void)names;
#endif
  return count;
}
#endif
