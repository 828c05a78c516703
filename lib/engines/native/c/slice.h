// What one slice of rows computes: all its steps forward, the loss, and all of them backward; or one step of streams.
#ifndef SLICE_H
#define SLICE_H
#include "columns.h"
#include "context.h"
#include "gemm.h"
#include "output.h"
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
#endif
