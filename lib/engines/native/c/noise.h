#ifndef NOISE_H
#define NOISE_H
#include <stdint.h>
// to = from + deviation * noise for a [rows, columns] matrix with rows `width` floats apart.
void add_noise(const float *from, float *to, float deviation, uint32_t seed, uint32_t update, uint32_t stream, long rows, long columns, long width);
#endif
