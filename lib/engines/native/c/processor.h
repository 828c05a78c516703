// What this processor has, of what a variant of this source may be built for (../addon-variants.mjs), and its operating system
// lets programs use. Asked of the variant that needs nothing, before any other is loaded. By the instruction itself: the
// compilers' own function for it lies in a library that not every target has.
#ifndef PROCESSOR_H
#define PROCESSOR_H
#include <stddef.h>
#if defined(__x86_64__)
#include <cpuid.h>

// Registers that the operating system saves when programs take turns: bits 1 and 2 for AVX's, 5 to 7 for AVX-512's. (macOS shows the
// latter only once they are in use: there it is AVX2 then.)
static unsigned saved_registers(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}
#endif

static size_t processor_features(const char *names[16]) {
  size_t count = 0;
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0; // an operating system that saves no vector registers
  const unsigned saved = saved_registers();
  const int avx = (c >> 28 & 1) && (saved & 0x06) == 0x06;
  const int avx512 = avx && (saved & 0xe0) == 0xe0;
#define HAS(name, usable, word, bit) if ((usable) && ((word) >> (bit) & 1)) names[count++] = name
  HAS("fma", avx, c, 12);
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return count;
  HAS("avx2", avx, b, 5);
  HAS("bmi", 1, b, 3);
  HAS("bmi2", 1, b, 8);
  HAS("avx512f", avx512, b, 16);
  HAS("avx512cd", avx512, b, 28);
  HAS("avx512bw", avx512, b, 30);
  HAS("avx512dq", avx512, b, 17);
  HAS("avx512vl", avx512, b, 31);
#undef HAS
#else
  (void)names;
#endif
  return count;
}
#endif
