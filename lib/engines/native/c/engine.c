#include "job.h"
#include "engine.h"
#include "check.h"
#include "columns.h"
#include "context.h"
#include "gemm.h"
#include "noise.h"
#include "output.h"
#include "stages.h"
#include "update.h"
#include <stddef.h>

// Where an operand's rows begin at step 0, and whether they move with the steps' rows, and with a phase's blocks.
typedef struct {
  float *at;
  int32_t withSteps, withBlocks;
} Place;

// The places of the operands of all operations of some instructions, found once; the stack is short in WebAssembly and in threads.
enum { MOST_PLACES = 128 };
typedef struct {
  Place of[MOST_PLACES][4];
  int32_t first, count; // of the job's operations; count 0: there are too many
} Places;

static Place place_of(const Context *x, int32_t word) {
  const Slice *s = x->slice;
  const long index = word & 0xfffffff;
  switch (word >> 28) {
  case IN_REGISTER: return (Place){x->arena + s->registers + index * x->job->registerStride, 0, 0};
  case IN_SEQUENCE: return (Place){x->arena + s->sequences + index * s->sequenceStride, 1, 1};
  default: return (Place){x->arena + s->steps + index * s->stepStride, 0, 1};
  }
}

static void find_places(const Context *x, const Instruction *instructions, int count, Places *places) {
  int32_t first = INT32_MAX, end = 0;
  for (const Instruction *in = instructions; in < instructions + count; in++)
    if (in->kind == 0) {
      if (in->at < first) first = in->at;
      if (in->at + in->count > end) end = in->at + in->count;
    }
  places->first = first;
  places->count = first < end && end - first <= MOST_PLACES ? end - first : 0;
  if (places->count == 0) return;
  const PhaseOp *op = AT(PhaseOp, x->job->ops) + first;
  for (int i = 0; i < places->count; i++, op++) {
    const int32_t words[4] = {op->out, op->a, op->b, op->c};
    for (int k = 0; k < 4; k++) places->of[i][k] = place_of(x, words[k]);
  }
}

// The same as run_phase, where there are too many operations: operands are found anew for every block.
APART void run_long_phase(const Context *x, const Instruction *phase, const float *weights, long t) {
  const Job *job = x->job;
  const PhaseOp *ops = AT(PhaseOp, job->ops) + phase->at;
  const long total = rows_at(x, t) * job->width, block = job->registerStride;
  for (long from = 0; from < total; from += block) {
    const long n = total - from < block ? total - from : block;
    for (const PhaseOp *op = ops; op < ops + phase->count; op++) {
      const int32_t words[4] = {op->out, op->a, op->b, op->c};
      float *at[4];
      for (int k = 0; k < 4; k++) at[k] = operand(x, words[k], t) + (words[k] >> 28 != IN_REGISTER ? from : 0);
      phase_op(op, at[0], at[1], at[2], at[3], weights, n, job->width);
    }
  }
}

INLINE float *moved(const Place *place, long step, long from) { return place->at + place->withSteps * step + place->withBlocks * from; }

static void run_phase(const Context *x, const Instruction *phase, const Places *places, const float *weights, long t) {
  const Job *job = x->job;
  if (places->count == 0) {
    run_long_phase(x, phase, weights, t);
    return;
  }
  const PhaseOp *ops = AT(PhaseOp, job->ops) + phase->at;
  const Place(*of)[4] = places->of + (phase->at - places->first);
  const long step = AT(int32_t, x->slice->stepOffsets)[t] * (long)job->width, total = rows_at(x, t) * job->width, block = job->registerStride;
  for (long from = 0; from < total; from += block) {
    const long n = total - from < block ? total - from : block;
    for (int i = 0; i < phase->count; i++)
      phase_op(ops + i, moved(of[i], step, from), moved(of[i] + 1, step, from), moved(of[i] + 2, step, from), moved(of[i] + 3, step, from), weights, n,
               job->width);
  }
}

// The sequence slots that some instructions touch, and the depth of their products together.
typedef struct {
  int32_t slots[16];
  int count;
  long depth;
} Touched;

static void touch(Touched *touched, int32_t word) {
  if (word >> 28 != IN_SEQUENCE || touched->count == 16) return;
  for (int k = 0; k < touched->count; k++)
    if (touched->slots[k] == word) return;
  touched->slots[touched->count++] = word;
}

static Touched touched_by(const Context *x, const Instruction *instructions, int count) {
  Touched touched = {.count = 0};
  for (const Instruction *in = instructions; in < instructions + count; in++)
    if (in->kind == 0)
      for (const PhaseOp *op = AT(PhaseOp, x->job->ops) + in->at, *end = op + in->count; op < end; op++)
        touch(&touched, op->a), touch(&touched, op->b), touch(&touched, op->c), touch(&touched, op->out);
    else {
      touch(&touched, in->source), touch(&touched, in->target);
      touched.depth += AT(Pack, x->job->packs)[in->pack].rows;
    }
  return touched;
}

// Has the rows of the step at `next` fetched while the products of the present one run.
static void fetch_step(const Context *x, const Touched *touched, long next, Ahead *ahead) {
  *ahead = (Ahead){.linesPerStep = (float)(touched->count * LANES) / (float)(16 * touched->depth)};
  if (next < 0 || next >= x->slice->time || rows_at(x, next) * x->job->width < 8192) return; // few rows: the processor is ahead itself
  for (int k = 0; k < touched->count; k++) fetch_later(ahead, operand(x, touched->slots[k], next), rows_at(x, next) * x->job->width);
}

static void run_step(const Context *x, const Instruction *instructions, int count, const Places *places, const float *weights, long t, Ahead *ahead) {
  const Job *job = x->job;
  const long rows = rows_at(x, t);
  for (int i = 0; i < count; i++) {
    const Instruction *in = instructions + i;
    if (in->kind == 0) run_phase(x, in, places, weights, t);
    else {
      const Pack *pack = AT(Pack, job->packs) + in->pack;
      float *target = operand(x, in->target, t);
      gemm(rows, pack->width, pack->rows, operand(x, in->source, t), job->width, x->arena + pack->packed, in->accumulate ? target : NULL, job->width,
           target, job->width, ahead && ahead->count > 0 ? ahead : NULL);
    }
  }
}

// b + x W for all rows at once: a sparse row is a sum of a few rows of W.
static void input_projection(const Context *x, const Affine *affine) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const long width = job->width;
  const float *weights = weights_of(x), *bias = weights + affine->bias;
  float *out = slot(x, affine->slot);
  const int32_t *offsets = AT(int32_t, s->inputOffsets), *columns = AT(int32_t, s->inputColumns);
  if (affine->inputWeight >= 0 && s->inputValues >= 0) {
    const Pack *pack = AT(Pack, job->packs) + affine->inputPack;
    gemm(s->rows, width, job->inputSize, x->arena + s->inputValues, job->inputSize, x->arena + pack->packed, bias, 0, out, width, NULL);
    return;
  }
  const int reads = affine->inputWeight >= 0;
  const float *rows = weights + (reads ? affine->inputWeight : 0);
  IN_VECTORS(width, gather_rows(VECTORS, s->rows, width, reads ? offsets : NULL, columns, rows + j, bias + j, out + j))
}

static void readout(const Context *x) {
  const Job *job = x->job;
  const Pack *pack = AT(Pack, job->packs) + job->readoutPack;
  gemm(x->slice->rows, job->readoutWidth, job->hiddenSize, slot(x, job->hiddenSlot), job->width, x->arena + pack->packed,
       weights_of(x) + job->readoutBias, 0, x->arena + x->slice->readout, job->readoutWidth, NULL);
}

static void forward(const Context *x) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const long width = job->width;
  const State *states = AT(State, job->states);
  const Affine *affines = AT(Affine, job->affines);
  for (int k = 0; k < job->affineCount; k++) input_projection(x, affines + k);
  for (int k = 0; k < job->stateCount; k++)
    if (states[k].previous >= 0) zero(operand(x, states[k].previous, 0), rows_at(x, 0) * width);
  const Instruction *instructions = AT(Instruction, job->instructions);
  const Touched touched = touched_by(x, instructions, job->forwardCount);
  Places places;
  find_places(x, instructions, job->forwardCount, &places);
  Ahead ahead;
  for (long t = 0; t < s->time; t++) {
    fetch_step(x, &touched, t + 1, &ahead);
    run_step(x, instructions, job->forwardCount, &places, weights_of(x), t, &ahead);
    long next = rows_at(x, t + 1);
    if (next > 0)
      for (int k = 0; k < job->stateCount; k++)
        if (states[k].previous >= 0) copy(operand(x, states[k].previous, t + 1), operand(x, states[k].value, t), next * width);
  }
  readout(x);
}

// One step of streams that run side by side, their states kept from step to step; the weights were prepared by a job before.
APART void stream_step(const Context *x) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const long width = job->width;
  const State *states = AT(State, job->states);
  const Affine *affines = AT(Affine, job->affines);
  float *saved = x->arena + s->saved;
  for (int k = 0; k < job->stateCount; k++)
    if (states[k].previous >= 0) copy(operand(x, states[k].previous, 0), saved + (long)k * s->sequenceStride, s->rows * width);
  for (int k = 0; k < job->affineCount; k++) input_projection(x, affines + k);
  const Instruction *instructions = AT(Instruction, job->instructions);
  Places places;
  find_places(x, instructions, job->forwardCount, &places);
  run_step(x, instructions, job->forwardCount, &places, weights_of(x), 0, NULL);
  for (int k = 0; k < job->stateCount; k++) copy(saved + (long)k * s->sequenceStride, operand(x, states[k].value, 0), s->rows * width);
  readout(x);
}

static void backward(const Context *x) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const long width = job->width;
  const State *states = AT(State, job->states);
  const float *dy = x->arena + s->readout;
  float *gradients = x->arena + s->gradients;
  const Pack *pack = AT(Pack, job->packs) + job->readoutBackPack;
  gemm_transposed(job->hiddenSize, job->readoutWidth, s->rows, slot(x, job->hiddenSlot), width, dy, job->readoutWidth, gradients + job->readoutWeight,
                  job->readoutWidth);
  column_sums(s->rows, job->readoutWidth, dy, NULL, gradients + job->readoutBias);
  gemm(s->rows, width, job->readoutSize, dy, job->readoutWidth, x->arena + pack->packed, NULL, 0, slot(x, job->hiddenGradientSlot), width, NULL);

  const Instruction *instructions = AT(Instruction, job->instructions) + job->forwardCount;
  const Touched touched = touched_by(x, instructions, job->backwardCount);
  Places places;
  find_places(x, instructions, job->backwardCount, &places);
  Ahead ahead;
  for (long t = s->time - 1; t >= 0; t--) {
    const long rows = rows_at(x, t), next = rows_at(x, t + 1);
    for (int k = 0; k < job->stateCount; k++) {
      float *gradient = operand(x, states[k].gradient, t);
      const int carried = states[k].previousGradient >= 0 && next > 0;
      const float *from = carried ? operand(x, states[k].previousGradient, t + 1) : gradient;
      if (k == 0) { // h: the readout's gradient is there already
        if (carried)
          for (long i = 0; i < next * width; i += LANES) store(gradient + i, fading(load(gradient + i) + load(from + i)));
      } else {
        if (carried)
          for (long i = 0; i < next * width; i += LANES) store(gradient + i, fading(load(from + i)));
        zero(gradient + (carried ? next * width : 0), (rows - (carried ? next : 0)) * width);
      }
    }
    fetch_step(x, &touched, t - 1, &ahead);
    run_step(x, instructions, job->backwardCount, &places, weights_of(x), t, &ahead);
  }

  const Affine *affines = AT(Affine, job->affines);
  for (int k = 0; k < job->affineCount; k++) {
    if (affines[k].gradient < 0) continue;
    const float *d = slot(x, affines[k].gradient);
    column_sums(s->rows, width, d, NULL, gradients + affines[k].bias);
    if (affines[k].inputWeight < 0) continue;
    float *w = gradients + affines[k].inputWeight;
    if (s->inputValues >= 0) gemm_transposed(job->inputSize, width, s->rows, x->arena + s->inputValues, job->inputSize, d, width, w, width);
    else {
      const int32_t *offsets = AT(int32_t, s->inputOffsets), *columns = AT(int32_t, s->inputColumns);
      IN_VECTORS(width, scatter_rows(VECTORS, s->rows, width, offsets, columns, d + j, w + j))
    }
  }
  const WeightGradient *matrices = AT(WeightGradient, job->matrices);
  for (int k = 0; k < job->matrixCount; k++)
    gemm_transposed(job->hiddenSize, width, s->rows, slot(x, matrices[k].source), width, slot(x, matrices[k].gradient), width,
                    gradients + matrices[k].weight, width);
  const WeightGradient *peepholes = AT(WeightGradient, job->peepholes);
  for (int k = 0; k < job->peepholeCount; k++)
    column_sums(s->rows, width, slot(x, peepholes[k].source), slot(x, peepholes[k].gradient), gradients + peepholes[k].weight);
}

static void run_slice(const Context *x) {
  forward(x);
  const int back = (x->job->mode & JOB_BACKWARD) != 0;
  const float scale = x->job->lossScale;
  if (back) zero(x->arena + x->slice->gradients, x->job->count);
  switch (x->job->outputKernel) {
  case OUTPUT_BERNOULLI: bernoulli(x, back, scale); break;
  case OUTPUT_MIXTURE: mixture(x, back, scale); break;
  case OUTPUT_NADE: nade(x, back, scale); break;
  default: equations(x, back, scale);
  }
  if (x->slice->weights >= 0) weigh(x, back);
  if (back) backward(x);
}

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

// Clears the padding of the gradients, and returns their global norm.
static double gradient_norm(const Context *x) {
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
