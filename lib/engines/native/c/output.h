// The output layer of a slice: NLL of every row from its readouts, and what the derivative takes of it.
#ifndef OUTPUT_H
#define OUTPUT_H
#include "context.h"
#include "mixture.h"
#include "nade.h"
#include "rows.h"

static float weight_of(const Context *x, long row) { return x->slice->weights < 0 ? 1.0f : x->arena[x->slice->weights + row]; }

typedef struct {
  vf loss, product;
} Keys;

// LANES keys with logits v, of which the first `left` count (all of them where `whole`): adds to the loss, and gives sigmoid(v) in
// `sigmoids`, 0 where nothing counts.
INLINE Keys keys_nll(const int whole, Keys keys, vf v, long left, vf *sigmoids) {
  const vi counted = lane_numbers() < (int32_t)left;
  vf e = vexp(-absolute(v));
  if (!whole) e = among(counted, e), v = among(counted, v);
  keys.product *= 1.0f + e;
  keys.loss += maximum(v, splat(0));
  const vf small = reciprocal(1.0f + e), sigmoid = choose(v < 0.0f, e * small, small);
  *sigmoids = whole ? sigmoid : among(counted, sigmoid);
  return keys;
}

// Binary cross-entropy with logits y: sum of ln(1 + e^y) over the keys less y over the keys that sound. Leaves `scale` times
// its gradient, sigmoid(y) - target, in place of y. ln(1 + e^-|y|) is taken of products of up to 32 keys at once.
static void bernoulli(const Context *x, int backward, float lossScale) {
  const Job *job = x->job;
  const Slice *s = x->slice;
  const int32_t *offsets = AT(int32_t, s->targetOffsets), *columns = AT(int32_t, s->targetColumns);
  const long whole = job->readoutSize - job->readoutSize % LANES, left = job->readoutSize - whole;
  float *nll = x->arena + s->nll;
  for (long r = 0; r < s->rows; r++) {
    float *y = x->arena + s->readout + r * job->readoutWidth;
    const float scale = lossScale * weight_of(x, r);
    Keys keys = {splat(0), splat(1)};
    vf sigmoids;
    float sounding = 0;
    for (int32_t k = offsets[r]; k < offsets[r + 1]; k++) sounding += y[columns[k]];
    for (long j = 0, factors = 0; j < whole; j += LANES) {
      keys = keys_nll(1, keys, load(y + j), LANES, &sigmoids);
      if (++factors == 32) {
        keys.loss += vlog(keys.product);
        keys.product = splat(1);
        factors = 0;
      }
      if (backward) store(y + j, sigmoids * scale);
    }
    if (left > 0) {
      keys = keys_nll(0, keys, load(y + whole), left, &sigmoids);
      if (backward) store(y + whole, sigmoids * scale);
    }
    nll[r] = sum(keys.loss + vlog(keys.product)) - sounding;
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
#endif
