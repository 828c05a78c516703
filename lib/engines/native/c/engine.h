#ifndef ENGINE_H
#define ENGINE_H
#include <stdint.h>
// Carries out the job at the given word of an arena. One call is a whole training step, time loop included.
void run_job(float *arena, int32_t job);
#endif
