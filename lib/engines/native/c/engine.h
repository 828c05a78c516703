#ifndef ENGINE_H
#define ENGINE_H
#include <stdint.h>

typedef struct Team Team;

// Carries out the job at the given word of an arena. One call is a whole training step, time loop included.
// A job with several slices of rows is shared with a team (team.h), where there is one. Returns 0, or what is wrong with a job that does not fit the arena's words (check.h): then nothing was done.
int32_t run_job(float *arena, int64_t words, int32_t job, Team *team);

#ifdef __wasm_atomics__
// The same in parts, for a job with several slices of rows whose threads are started outside: what comes before them (returns as
// run_job does), each of them, and what follows when all are done.
int32_t begin_job(float *arena, int64_t words, int32_t job);
void run_slice_of_job(float *arena, int32_t job, int32_t slice);
void end_job(float *arena, int32_t job);
#endif
#endif
