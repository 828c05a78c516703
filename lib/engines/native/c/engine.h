#ifndef ENGINE_H
#define ENGINE_H
#include <stdint.h>
// Carries out the job at the given word of an arena. One call is a whole training step, time loop included.
// Returns 0, or what is wrong with a job that does not fit the arena's words (check.h): then nothing was done.
int32_t run_job(float *arena, int64_t words, int32_t job);
#endif
