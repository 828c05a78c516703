// From a gradient to new parameters and slots, by whichever rule.
#ifndef UPDATE_H
#define UPDATE_H
#include "check.h"
#include "context.h"

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
#endif
