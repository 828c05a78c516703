#ifndef NOISE_H
#define NOISE_H
#include <stdint.h>
// to = from + deviation * noise for the rows from `row` to before `end` of a matrix with rows `width` floats apart.
void add_noise(const float *from, float *to, float deviation, uint32_t seed, uint32_t update, uint32_t stream, long row, long end, long columns,
               long width);
#endif
