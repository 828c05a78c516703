// A job, whole: weights with their noise, slices of rows, gradients, update (engine.h).
#include "engine.h"
#include "check.h"
#include "context.h"
#include "gemm.h"
#include "noise.h"
#include "slice.h"
#include "stages.h"
#include "update.h"
#include <stddef.h>

// Rows of a matrix whose noise is a piece, and floats of the gradients whose sum is.
enum { NOISY_ROWS = 16, SUMMED = 4096 };

// w (with noise) into its working copy.
static void add_noises(const Context *x, Stage *stage) {
  const Job *job = x->job;
  const float *parameters = x->arena + job->parameters;
  float *noisy = x->arena + job->noisy;
  const Shape *shapes = AT(Shape, job->shapes);
  int32_t piece = 0, mine = take_piece(stage);
  for (const Shape *s = shapes, *end = s + job->shapeCount; s < end; s++)
    for (long row = 0; row < s->rows; row += NOISY_ROWS, piece++) {
      if (piece != mine) continue;
      const long last = row + NOISY_ROWS < s->rows ? row + NOISY_ROWS : s->rows, from = s->parameter + row * s->width;
      if (job->weightNoise != 0 && s->stream >= 0)
        add_noise(parameters + s->parameter, noisy + s->parameter, job->weightNoise, (uint32_t)job->noiseSeed, (uint32_t)job->update, (uint32_t)s->stream,
                  row, last, s->columns, s->width);
      else copy(noisy + from, parameters + from, (last - row) * s->width);
      piece_is_made(stage);
      mine = take_piece(stage);
    }
  until_over(stage, piece);
}

// The working copy into panels.
static void pack_weights(const Context *x, Stage *stage) {
  const Job *job = x->job;
  const float *noisy = weights_of(x);
  for (int32_t k; (k = take_piece(stage)) < job->packCount; piece_is_made(stage)) {
    const Pack *p = AT(Pack, job->packs) + k;
    pack(p->rows, p->width, p->columns, noisy + p->parameter, p->stepRow, p->stepColumn, x->arena + p->packed);
  }
  until_over(stage, job->packCount);
}

static void prepare_weights(const Context *x, Stages *stages) {
  add_noises(x, &stages->noise);
  pack_weights(x, &stages->packs);
}

static void run_slices(const Context *x, Stage *stage) {
  const int32_t count = x->job->sliceCount;
  for (int32_t k; (k = take_piece(stage)) < count; piece_is_made(stage)) {
    const Context part = {x->job, x->slice + k, x->arena};
    run_slice(&part);
  }
  until_over(stage, count);
}

// Adds the slices' gradients in order, into the first one's.
static void add_gradients(const Context *x, Stage *stage) {
  const Job *job = x->job;
  if (job->sliceCount == 1 || !(job->mode & JOB_BACKWARD)) return;
  const int32_t pieces = (job->count + SUMMED - 1) / SUMMED;
  float *total = x->arena + x->slice->gradients;
  for (int32_t piece; (piece = take_piece(stage)) < pieces; piece_is_made(stage)) {
    const long first = (long)piece * SUMMED, end = first + SUMMED < job->count ? first + SUMMED : job->count;
    for (int k = 1; k < job->sliceCount; k++) {
      const float *from = x->arena + x->slice[k].gradients;
      for (long i = first; i < end; i += LANES) store(total + i, load(total + i) + load(from + i));
    }
  }
  until_over(stage, pieces);
}

static void go_through_stages(const Context *x, Stages *stages) {
  prepare_weights(x, stages);
  run_slices(x, &stages->slices);
  add_gradients(x, &stages->sums);
}

// Numbers below 1e-38 count as 0 while a job runs: processors take a hundred times as long over them, and gradients that noise
// has blown up and clipping has scaled down are full of them. Every thread has its own. WebAssembly has no such switch.
#if defined(__SSE__)
#define FLUSH_TO_ZERO unsigned control = __builtin_ia32_stmxcsr(); __builtin_ia32_ldmxcsr(control | 0x8040)
#define RESTORE_CONTROL __builtin_ia32_ldmxcsr(control)
#elif defined(__aarch64__)
#define FLUSH_TO_ZERO uint64_t control; __asm__ volatile("mrs %0, fpcr" : "=r"(control)); __asm__ volatile("msr fpcr, %0" ::"r"(control | 1 << 24))
#define RESTORE_CONTROL __asm__ volatile("msr fpcr, %0" ::"r"(control))
#else
#define FLUSH_TO_ZERO
#define RESTORE_CONTROL
#endif

#ifndef __wasm__
typedef struct {
  const Context *whole;
  Stages *stages;
} Help;

static void help(void *given) {
  const Help *part = given;
  FLUSH_TO_ZERO;
  go_through_stages(part->whole, part->stages);
  RESTORE_CONTROL;
}
#endif

// A thread for every slice.
static void run_stages(const Context *x, Team *team) {
  Stages stages = {0};
#ifdef __wasm__
  (void)team;
  go_through_stages(x, &stages);
#else
  const int32_t helpers = team ? x->job->sliceCount - 1 : 0;
  Help part = {x, &stages};
  if (helpers > 0) ask(team, helpers, help, &part);
  go_through_stages(x, &stages);
  if (helpers > 0) dismiss(team);
#endif
}

// Clears the padding of the gradients, and returns their global norm. By itself: within its caller GCC keeps the sum in memory.
__attribute__((noinline)) static double gradient_norm(const Context *x) {
  const Job *job = x->job;
  float *total = x->arena + x->slice->gradients;
  const Shape *shapes = AT(Shape, job->shapes);
  double squares = 0;
  for (int k = 0; k < job->shapeCount; k++)
    for (long from = 0; from < shapes[k].rows; from += 16) { // a few rows in single precision, all of them in double
      const long to = from + 16 < shapes[k].rows ? from + 16 : shapes[k].rows;
      vf some = splat(0);
      for (long r = from; r < to; r++) {
        float *g = total + shapes[k].parameter + r * shapes[k].width;
        zero(g + shapes[k].columns, shapes[k].width - shapes[k].columns);
        for (long j = 0; j < shapes[k].width; j += LANES) some += load(g + j) * load(g + j);
      }
      squares += sum(some);
    }
  return __builtin_sqrt(squares);
}

// Loss, gradient norm and update from what the slices left.
static void conclude(const Context *x) {
  const Job *job = x->job;
  const Slice *slices = x->slice;
  double *result = (double *)(x->arena + job->result);
  double nll = 0;
  for (int k = 0; k < job->sliceCount; k++)
    for (long r = 0; r < slices[k].rows; r++) nll += x->arena[slices[k].nll + r];
  result[0] = nll;
  if (!(job->mode & JOB_BACKWARD)) return;
  result[1] = gradient_norm(x);
  const int finite = result[0] - result[0] == 0 && result[1] - result[1] == 0;
  result[2] = (job->mode & JOB_UPDATE) && (finite || job->shrink) && update(x, result[1]);
}

static Context context_of(float *arena, int32_t at) {
  const Job *job = (const Job *)(arena + at);
  return (Context){job, (const Slice *)(arena + job->slices), arena};
}

static void carry_out(float *arena, int32_t at, Team *team) {
  const Context whole = context_of(arena, at);
  const Job *job = whole.job;
  if (job->mode & JOB_STEP) return stream_step(&whole);
  if (job->mode & JOB_PREPARE) {
    Stages stages = {0};
    return prepare_weights(&whole, &stages);
  }
  run_stages(&whole, team);
  conclude(&whole);
}

int32_t run_job(float *arena, int64_t words, int32_t at, Team *team) {
  const enum Problem problem = problem_of(arena, words, at);
  if (problem != SOUND) return (int32_t)problem;
  FLUSH_TO_ZERO;
  carry_out(arena, at, team);
  RESTORE_CONTROL;
  return 0;
}

#ifdef __wasm_atomics__
int32_t begin_job(float *arena, int64_t words, int32_t at) {
  const enum Problem problem = problem_of(arena, words, at);
  if (problem != SOUND) return (int32_t)problem;
  const Context whole = context_of(arena, at);
  Stages stages = {0};
  prepare_weights(&whole, &stages);
  return 0;
}

void run_slice_of_job(float *arena, int32_t at, int32_t k) {
  const Context whole = context_of(arena, at), part = {whole.job, whole.slice + k, arena};
  run_slice(&part);
}

void end_job(float *arena, int32_t at) {
  const Context whole = context_of(arena, at);
  Stages stages = {0};
  add_gradients(&whole, &stages.sums);
  conclude(&whole);
}
#endif
