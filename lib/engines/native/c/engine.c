#include "job.h"
#include "engine.h"
#include "check.h"
#include "gemm.h"
#include "mixture.h"
#include "nade.h"
#include "noise.h"
#include "phase.h"
#include "rows.h"
#include <stddef.h>
#ifndef __wasm__
#include <pthread.h>
#endif

// Where a slice's values lie: the arena and the slice's part of it.
typedef struct {
  const Job *job;
  const Slice *slice;
  float *arena;
} Context;

#define AT(type, offset) ((const type *)(x->arena + (offset)))

static void zero(float *to, long n) {
  for (long i = 0; i < n; i++) to[i] = 0;
}

static void copy(float *to, const float *from, long n) {
  if (to != from)
    for (long i = 0; i < n; i++) to[i] = from[i];
}

// First float of an operand's rows at step t (registers: t does not matter).
static float *operand(const Context *x, int32_t word, long t) {
  const Slice *s = x->slice;
  long index = word & 0xfffffff;
  switch (word >> 28) {
  case IN_REGISTER: return x->arena + s->registers + index * x->job->registerStride;
  case IN_SEQUENCE: return x->arena + s->sequences + index * s->sequenceStride + AT(int32_t, s->stepOffsets)[t] * (long)x->job->width;
  default: return x->arena + s->steps + index * s->stepStride;
  }
}

static float *slot(const Context *x, int32_t index) { return x->arena + x->slice->sequences + (long)index * x->slice->sequenceStride; }

static long rows_at(const Context *x, long t) {
  const int32_t *offsets = AT(int32_t, x->slice->stepOffsets);
  return t < x->slice->time ? offsets[t + 1] - offsets[t] : 0;
}

// Operations of a phase whose operands are found once; the stack is short in WebAssembly and in threads.
enum { LONGEST_PHASE = 128 };

// The same as run_phase, for more operations: operands are found anew for every block.
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

static void run_phase(const Context *x, const Instruction *phase, const float *weights, long t) {
  const Job *job = x->job;
  const PhaseOp *ops = AT(PhaseOp, job->ops) + phase->at;
  const int count = phase->count;
  if (count > LONGEST_PHASE) {
    run_long_phase(x, phase, weights, t);
    return;
  }
  const long total = rows_at(x, t) * job->width, block = job->registerStride;
  float *at[LONGEST_PHASE][4];
  long advance[LONGEST_PHASE][4];
  for (int i = 0; i < count; i++) {
    const int32_t words[4] = {ops[i].out, ops[i].a, ops[i].b, ops[i].c};
    for (int k = 0; k < 4; k++) {
      at[i][k] = operand(x, words[k], t);
      advance[i][k] = words[k] >> 28 != IN_REGISTER;
    }
  }
  for (long from = 0; from < total; from += block) {
    long n = total - from < block ? total - from : block;
    for (int i = 0; i < count; i++)
      phase_op(ops + i, at[i][0] + advance[i][0] * from, at[i][1] + advance[i][1] * from, at[i][2] + advance[i][2] * from,
               at[i][3] + advance[i][3] * from, weights, n, job->width);
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

static void run_step(const Context *x, const Instruction *instructions, int count, const float *weights, long t, Ahead *ahead) {
  const Job *job = x->job;
  const long rows = rows_at(x, t);
  for (int i = 0; i < count; i++) {
    const Instruction *in = instructions + i;
    if (in->kind == 0) run_phase(x, in, weights, t);
    else {
      const Pack *pack = AT(Pack, job->packs) + in->pack;
      float *target = operand(x, in->target, t);
      gemm(rows, pack->width, pack->rows, operand(x, in->source, t), job->width, x->arena + pack->packed, in->accumulate ? target : NULL, job->width,
           target, job->width, ahead);
    }
  }
}

static const float *weights_of(const Context *x) { return x->arena + x->job->noisy; }

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
  for (long r = 0; r < s->rows; r++, out += width) {
    const int32_t *from = columns + (affine->inputWeight >= 0 ? offsets[r] : 0), *to = columns + (affine->inputWeight >= 0 ? offsets[r + 1] : 0);
    for (long j = 0; j < width; j += LANES) {
      vf sum = load(bias + j);
      for (const int32_t *c = from; c < to; c++) sum += load(weights + affine->inputWeight + *c * width + j);
      store(out + j, sum);
    }
  }
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
  Ahead ahead;
  for (long t = 0; t < s->time; t++) {
    fetch_step(x, &touched, t + 1, &ahead);
    run_step(x, instructions, job->forwardCount, weights_of(x), t, &ahead);
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
  run_step(x, AT(Instruction, job->instructions), job->forwardCount, weights_of(x), 0, NULL);
  for (int k = 0; k < job->stateCount; k++) copy(saved + (long)k * s->sequenceStride, operand(x, states[k].value, 0), s->rows * width);
  readout(x);
}

static float weight_of(const Context *x, long row) { return x->slice->weights < 0 ? 1.0f : x->arena[x->slice->weights + row]; }

// Binary cross-entropy with logits y: sum of ln(1 + e^y) over the keys less y over the keys that sound. Leaves `scale` times
// its gradient, sigmoid(y) - target, in place of y. ln(1 + e^-|y|) is taken of products of up to 32 keys at once.
static void bernoulli(const Context *x, int backward, float lossScale) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const int32_t *offsets = AT(int32_t, s->targetOffsets), *columns = AT(int32_t, s->targetColumns);
  float *nll = x->arena + s->nll;
  for (long r = 0; r < s->rows; r++) {
    float *y = x->arena + s->readout + r * job->readoutWidth;
    const float scale = lossScale * weight_of(x, r);
    vf loss = splat(0), product = splat(1);
    float sounding = 0;
    for (int32_t k = offsets[r]; k < offsets[r + 1]; k++) sounding += y[columns[k]];
    for (long j = 0, factors = 0; j < job->readoutWidth; j += LANES) {
      vf v = load(y + j);
      vf e = vexp(-absolute(v));
      long left = job->readoutSize - j;
      if (left < LANES)
        for (long i = left; i < LANES; i++) e[i] = 0, v[i] = 0; // padding
      product *= 1.0f + e;
      loss += maximum(v, splat(0));
      if (++factors == 32) {
        loss += vlog(product);
        product = splat(1);
        factors = 0;
      }
      if (backward) {
        vf small = reciprocal(1.0f + e);
        vf sigmoid = choose(v < 0.0f, e * small, small);
        if (left < LANES)
          for (long i = left; i < LANES; i++) sigmoid[i] = 0;
        store(y + j, sigmoid * scale);
      }
    }
    nll[r] = sum(loss + vlog(product)) - sounding;
    if (backward)
      for (int32_t k = offsets[r]; k < offsets[r + 1]; k++) y[columns[k]] -= scale;
  }
}

static void mixture(const Context *x, int backward, float scale) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  for (long r = 0; r < s->rows; r++)
    x->arena[s->nll + r] = mixture_nll(job->components, job->targetSize, job->deviationFloor, x->arena + s->targetValues + r * job->targetSize,
                                       x->arena + s->readout + r * job->readoutWidth, backward, scale * weight_of(x, r));
}

// W, V and, where it is no part of the readout, c are the output's own parameters, in this order.
APART void nade(const Context *x, int backward, float lossScale) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const OutputParameter *own = AT(OutputParameter, job->outputParameters);
  const float *weights = weights_of(x);
  float *gradients = x->arena + s->gradients, *notes = x->arena + s->rowValues;
  const int32_t *offsets = AT(int32_t, s->targetOffsets), *columns = AT(int32_t, s->targetColumns);
  const long keys = job->targetSize, hidden = job->nadeHidden, width = own->width, both = job->outputParameterCount == 2;
  const Nade n = {keys, hidden, width, job->nadeDownward, weights + own[0].parameter, weights + own[1].parameter,
                  backward ? gradients + own[0].parameter : NULL, backward ? gradients + own[1].parameter : NULL};
  for (long r = 0; r < s->rows; r++) {
    float *y = x->arena + s->readout + r * job->readoutWidth, *c = y + keys;
    const float scale = lossScale * weight_of(x, r);
    if (scale == 0) { // of a row that counts for nothing, whatever stands in it
      x->arena[s->nll + r] = 0;
      zero(y, job->readoutWidth);
      continue;
    }
    x->arena[s->nll + r] = nade_nll(&n, columns + offsets[r], offsets[r + 1] - offsets[r], y, both ? c : weights + own[2].parameter, notes, scale);
    if (!backward) continue;
    const float *slope = nade_notes(notes, keys, width).slope;
    float *to = both ? c : gradients + own[2].parameter;
    for (long i = 0; i < hidden; i++) to[i] = both ? slope[i] : to[i] + slope[i];
  }
}

// The output's own parameters among the numbers of LANES rows: the same for all rows.
static void lay_parameters(const Context *x, float *values) {
  const OutputParameter *own = AT(OutputParameter, x->job->outputParameters);
  for (const OutputParameter *p = own, *end = own + x->job->outputParameterCount; p < end; p++)
    for (long i = 0; i < p->rows; i++)
      for (long j = 0; j < p->columns; j++)
        store(values + (p->value + i * p->columns + j) * LANES, splat(weights_of(x)[p->parameter + i * p->width + j]));
}

// Adds what LANES rows leave for the output's own parameters, each row times its part of the loss; 0 is no part, whatever stands there.
static void add_parameter_slopes(const Context *x, const float *values, vf by) {
  const OutputParameter *own = AT(OutputParameter, x->job->outputParameters);
  for (const OutputParameter *p = own, *end = own + x->job->outputParameterCount; p < end; p++) {
    if (p->slope < 0) continue;
    float *to = x->arena + x->slice->gradients + p->parameter;
    for (long i = 0; i < p->rows; i++)
      for (long j = 0; j < p->columns; j++)
        to[i * p->width + j] += sum(choose(by == 0.0f, splat(0), load(values + (p->slope + i * p->columns + j) * LANES) * by));
  }
}

// The output's equations (rows.h), LANES rows at a time.
APART void equations(const Context *x, int backward, float scale) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const RowStep *steps = AT(RowStep, job->rowSteps);
  const int count = backward ? job->rowStepCount : job->rowForwardCount;
  const int32_t *offsets = AT(int32_t, s->targetOffsets);
  float *values = x->arena + s->rowValues, *y = x->arena + s->readout;
  TargetColumns target = {.columns = AT(int32_t, s->targetColumns)};
  lay_parameters(x, values);
  for (long r = 0; r < s->rows; r += LANES) {
    const long rows = s->rows - r < LANES ? s->rows - r : LANES;
    rows_to_lanes(values + (long)job->rowReadout * LANES, y + r * job->readoutWidth, job->readoutSize, job->readoutWidth, rows);
    if (s->targetValues < 0)
      for (long l = 0; l < LANES; l++) {
        const long row = r + (l < rows ? l : rows - 1);
        target.from[l] = offsets[row];
        target.to[l] = offsets[row + 1];
      }
    if (job->rowTarget >= 0) {
      float *to = values + (long)job->rowTarget * LANES;
      if (s->targetValues >= 0)
        rows_to_lanes(to, x->arena + s->targetValues + r * job->targetSize, job->targetSize, job->targetSize, rows);
      else {
        zero(to, job->targetSize * LANES);
        for (long l = 0; l < LANES; l++)
          for (int32_t k = target.from[l]; k < target.to[l]; k++) to[target.columns[k] * LANES + l] = 1;
      }
    }
    for (int k = 0; k < count; k++) row_step(steps + k, values, &target);
    for (long l = 0; l < rows; l++) x->arena[s->nll + r + l] = values[job->rowNll * LANES + l];
    if (!backward) continue;
    vf parts = splat(0);
    for (long l = 0; l < rows; l++) parts[l] = scale * weight_of(x, r + l);
    add_parameter_slopes(x, values, parts);
    const float *slope = values + (long)job->rowSlope * LANES;
    for (long l = 0; l < rows; l++) {
      const float by = scale * weight_of(x, r + l);
      float *to = y + (r + l) * job->readoutWidth;
      for (long j = 0; j < job->readoutSize; j++) to[j] = slope[j * LANES + l] * by;
    }
  }
}

// Rows of weight 0 count for nothing, whatever stands in them.
APART void weigh(const Context *x, int backward) {
  const Slice *s = x->slice;
  for (long r = 0; r < s->rows; r++) {
    const float weight = weight_of(x, r);
    float *nll = x->arena + s->nll + r;
    *nll = weight == 0 ? 0 : *nll * weight;
    if (weight == 0 && backward) zero(x->arena + s->readout + r * x->job->readoutWidth, x->job->readoutWidth);
  }
}

INLINE vf factor_or_product(const float *a, const float *b, long at) {
  vf product = load(a + at);
  if (b) product *= load(b + at);
  return product;
}

// to[j] += sum over rows of a[r][j] b[r][j] (b NULL: of a[r][j]), for some vectors of columns, in two chains each.
INLINE void sum_rows(const int vectors, long rows, long width, const float *a, const float *b, float *to) {
  vf even[4], odd[4];
  UNROLL for (int v = 0; v < vectors; v++) even[v] = load(to + v * LANES), odd[v] = splat(0);
  for (long at = 0, end = rows * width; at < end; at += width) {
    UNROLL for (int v = 0; v < vectors; v++) even[v] += factor_or_product(a, b, at + v * LANES);
    if ((at += width) >= end) break;
    UNROLL for (int v = 0; v < vectors; v++) odd[v] += factor_or_product(a, b, at + v * LANES);
  }
  UNROLL for (int v = 0; v < vectors; v++) store(to + v * LANES, even[v] + odd[v]);
}

static void column_sums(long rows, long width, const float *a, const float *b, float *to) {
  for (long j = 0; j < width; j += 4 * LANES) {
    const float *c = b ? b + j : NULL;
    switch (width - j >= 4 * LANES ? 4 : (width - j) / LANES) {
    case 1: sum_rows(1, rows, width, a + j, c, to + j); break;
    case 2: sum_rows(2, rows, width, a + j, c, to + j); break;
    case 3: sum_rows(3, rows, width, a + j, c, to + j); break;
    default: sum_rows(4, rows, width, a + j, c, to + j);
    }
  }
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
    run_step(x, instructions, job->backwardCount, weights_of(x), t, &ahead);
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
      for (long r = 0; r < s->rows; r++, d += width)
        for (int32_t c = offsets[r]; c < offsets[r + 1]; c++) {
          float *to = w + columns[c] * width;
          for (long j = 0; j < width; j += LANES) store(to + j, load(to + j) + load(d + j));
        }
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

#ifndef __wasm__
static void *run_work(void *context) {
  run_slice(context);
  return NULL;
}
#endif

// w (with noise) into its working copy, and from there into panels.
static void prepare_weights(const Context *x) {
  const Job *job = x->job;
  const float *parameters = x->arena + job->parameters;
  float *noisy = x->arena + job->noisy;
  const Shape *shapes = AT(Shape, job->shapes);
  for (const Shape *s = shapes, *end = s + job->shapeCount; s < end; s++)
    if (job->weightNoise != 0 && s->stream >= 0)
      add_noise(parameters + s->parameter, noisy + s->parameter, job->weightNoise, (uint32_t)job->noiseSeed, (uint32_t)job->update, (uint32_t)s->stream,
                s->rows, s->columns, s->width);
    else copy(noisy + s->parameter, parameters + s->parameter, (long)s->rows * s->width);
  const Pack *packs = AT(Pack, job->packs);
  for (int k = 0; k < job->packCount; k++)
    pack(packs[k].rows, packs[k].width, packs[k].columns, noisy + packs[k].parameter, packs[k].stepRow, packs[k].stepColumn, x->arena + packs[k].packed);
}

// Adds the slices' gradients in order, clears the padding, and returns the global norm.
static double reduce_gradients(const Context *x) {
  const Job *job = x->job;
  const Slice *slices = AT(Slice, job->slices);
  float *total = x->arena + slices[0].gradients;
  for (int k = 1; k < job->sliceCount; k++) {
    const float *from = x->arena + slices[k].gradients;
    for (long i = 0; i < job->count; i += LANES) store(total + i, load(total + i) + load(from + i));
  }
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

// Global norm of a parameter-shaped area: a few vectors in single precision, all of them in double.
static double norm_of(const float *values, long count) {
  double squares = 0;
  for (long from = 0; from < count; from += 16 * LANES) {
    const long to = from + 16 * LANES < count ? from + 16 * LANES : count;
    vf some = splat(0);
    for (long i = from; i < to; i += LANES) some += load(values + i) * load(values + i);
    squares += sum(some);
  }
  return __builtin_sqrt(squares);
}

static void clear_padding(const Context *x, float *values) {
  const Shape *shapes = AT(Shape, x->job->shapes);
  for (int k = 0; k < x->job->shapeCount; k++)
    for (long r = 0; r < shapes[k].rows; r++) zero(values + shapes[k].parameter + r * shapes[k].width + shapes[k].columns, shapes[k].width - shapes[k].columns);
}

// An update reads the parameters and slots and leaves the new ones beside them, as far apart: the old ones stay until the caller
// turns to the new, which it does only where all of them are finite.
static float *next_parameters(const Context *x) { return x->arena + x->job->next; }

static float *slot_of_rule(const Context *x, int k) { return x->arena + x->job->slots + (long)k * x->job->slotStride; }

static float *next_slot(const Context *x, int k) { return slot_of_rule(x, k) + (x->job->next - x->job->parameters); }

// 0, or NaN where a number is not finite.
INLINE vf odd(vf x) { return x * 0.0f; }

static int is_zero(vf x) { return sum(x) == 0; }

static int all_finite(const float *values, long n) {
  vf some = splat(0);
  for (long i = 0; i < n; i += LANES) some += odd(load(values + i));
  return is_zero(some);
}

// v = decay v + (1 - decay) g^2, m = momentum m + learningRate g / max(sqrt(v + epsilon), rootFloor), and w - m unless `limited`:
// the equations of updates/rmsprop.ts in one pass. They are its judge (tests/engines/update.test.ts). Returns whether all is finite.
static int rmsprop(const Context *x, const float *gradients, float rescale, int limited) {
  const Job *job = x->job;
  const float least = job->rootFloor * job->rootFloor;
  const float *w = x->arena + job->parameters, *v = slot_of_rule(x, 0), *m = slot_of_rule(x, 1);
  float *nextW = next_parameters(x), *nextV = next_slot(x, 0), *nextM = next_slot(x, 1);
  vf oddV = splat(0), oddM = splat(0), oddW = splat(0); // three chains
  for (long i = 0; i < job->count; i += LANES) {
    vf g = load(gradients + i) * rescale;
    vf square = load(v + i) * job->decay + g * g * (1.0f - job->decay);
    vf moment = load(m + i) * job->momentum + g * job->learningRate * reciprocal_root(maximum(square + job->epsilon, splat(least)));
    store(nextV + i, fading(square));
    store(nextM + i, fading(moment));
    oddV += odd(square), oddM += odd(moment);
    if (limited) continue;
    vf weight = load(w + i) - moment;
    store(nextW + i, weight);
    oddW += odd(weight);
  }
  return is_zero(oddV + oddM + oddW);
}

// First float of an operand of an update: a register, or the weights (0) and slots (1, 2, ...) from a parameter on.
static float *update_operand(const Context *x, int32_t word, long from) {
  const Job *job = x->job;
  const long index = word & 0xfffffff;
  if (word >> 28 == IN_REGISTER) return x->arena + job->updateRegisters + index * UPDATE_BLOCK;
  return (index == 0 ? x->arena + job->parameters : slot_of_rule(x, (int)index - 1)) + from;
}

// Any rule, block by block. The steps go to where the gradients were, or are taken at once.
APART int update_by_equations(const Context *x, const float *gradients, float rescale, int limited) {
  const Job *job = x->job;
  const PhaseOp *ops = AT(PhaseOp, job->updateOps);
  const int32_t *results = AT(int32_t, job->updateResults);
  const float *w = x->arena + job->parameters;
  float *nextW = next_parameters(x), *taken = x->arena + AT(Slice, job->slices)[0].gradients;
  for (int k = 0; k < job->updateScalarCount; k++) {
    float *scalar = update_operand(x, 1 + k, 0);
    for (long i = 0; i < UPDATE_BLOCK; i++) scalar[i] = x->arena[job->updateScalars + k];
  }
  float *g = update_operand(x, 0, 0);
  for (long from = 0; from < job->count; from += UPDATE_BLOCK) {
    const long n = job->count - from < UPDATE_BLOCK ? job->count - from : UPDATE_BLOCK;
    for (long i = 0; i < n; i += LANES) store(g + i, load(gradients + from + i) * rescale);
    for (const PhaseOp *op = ops; op < ops + job->updateOpCount; op++)
      phase_op(op, update_operand(x, op->out, from), update_operand(x, op->a, from), update_operand(x, op->b, from), update_operand(x, op->c, from),
               NULL, n, n);
    const float *step = update_operand(x, results[0], 0);
    for (long i = 0; i < n; i += LANES)
      if (limited) store(taken + from + i, load(step + i));
      else store(nextW + from + i, load(w + from + i) - load(step + i));
    for (int k = 0; k < job->slotCount; k++) {
      const float *value = update_operand(x, results[1 + k], 0);
      float *slot = next_slot(x, k) + from;
      for (long i = 0; i < n; i += LANES) store(slot + i, fading(load(value + i)));
    }
  }
  float *made = limited ? taken : nextW;
  clear_padding(x, made); // what a rule makes of zeros may be anything
  int finite = all_finite(made, job->count);
  for (int k = 0; k < job->slotCount; k++) {
    clear_padding(x, next_slot(x, k));
    finite &= all_finite(next_slot(x, k), job->count);
  }
  return finite;
}

// The rule on the rescaled gradient, or on a tenth of the weights where the gradient's norm is not finite. A step whose norm is
// larger than maxStepNorm is shortened for the weights, not in the rule's own memory. Returns whether all that it made is finite.
static int update(const Context *x, double norm) {
  const Job *job = x->job;
  const int finite = norm - norm == 0, limited = job->maxStepNorm < 3e38f;
  const float rescale = !finite ? 0.1f : norm > job->maxGradientNorm ? (float)(job->maxGradientNorm / norm) : 1.0f;
  const float *w = x->arena + job->parameters, *own = x->arena + AT(Slice, job->slices)[0].gradients;
  const float *gradients = finite ? own : w;
  const int whole = job->rule == 1 ? rmsprop(x, gradients, rescale, limited) : update_by_equations(x, gradients, rescale, limited);
  if (!limited || !whole) return whole;
  const float *steps = job->rule == 1 ? next_slot(x, 1) : own;
  const double step = norm_of(steps, job->count);
  const float shorter = step > job->maxStepNorm ? (float)(job->maxStepNorm / step) : 1.0f;
  float *nextW = next_parameters(x);
  vf oddW = splat(0);
  for (long i = 0; i < job->count; i += LANES) {
    vf weight = load(w + i) - load(steps + i) * shorter;
    store(nextW + i, weight);
    oddW += odd(weight);
  }
  return is_zero(oddW);
}

// Numbers below 1e-38 count as 0 while a job runs: processors take a hundred times as long over them, and gradients that noise
// has blown up and clipping has scaled down are full of them. Threads inherit it. WebAssembly has no such switch.
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

static void carry_out(float *arena, int32_t at);

int32_t run_job(float *arena, int64_t words, int32_t at) {
  const enum Problem problem = problem_of(arena, words, at);
  if (problem != SOUND) return (int32_t)problem;
  FLUSH_TO_ZERO;
  carry_out(arena, at);
  RESTORE_CONTROL;
  return 0;
}

static void carry_out(float *arena, int32_t at) {
  const Job *job = (const Job *)(arena + at);
  const Slice *slices = (const Slice *)(arena + job->slices);
  const Context whole = {job, slices, arena};
  const Context *x = &whole;
  if (job->mode & JOB_STEP) return stream_step(x);
  prepare_weights(x);
  if (job->mode & JOB_PREPARE) return;
#ifdef __wasm__
  for (int k = 0; k < job->sliceCount; k++) {
    const Context part = {job, slices + k, arena};
    run_slice(&part);
  }
#else
  const int threads = job->sliceCount;
  Context work[threads];
  pthread_t started[threads];
  int here[threads]; // a thread that the system refuses is done here
  for (int k = threads - 1; k >= 0; k--) {
    work[k] = (Context){job, slices + k, arena};
    here[k] = k == 0 || pthread_create(&started[k], NULL, run_work, &work[k]) != 0;
    if (here[k]) run_work(&work[k]);
  }
  for (int k = 1; k < threads; k++)
    if (!here[k]) pthread_join(started[k], NULL);
#endif
  double *result = (double *)(arena + job->result);
  double nll = 0;
  for (int k = 0; k < job->sliceCount; k++)
    for (long r = 0; r < slices[k].rows; r++) nll += arena[slices[k].nll + r];
  result[0] = nll;
  if (!(job->mode & JOB_BACKWARD)) return;
  result[1] = reduce_gradients(x);
  const int finite = result[0] - result[0] == 0 && result[1] - result[1] == 0;
  result[2] = (job->mode & JOB_UPDATE) && (finite || job->shrink) && update(x, result[1]);
}
