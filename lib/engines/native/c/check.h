// Holds a job against the length of its arena before it is carried out: every table, every offset and every index in them. The
// TypeScript side has looked at all that a user hands over (lib/engines/check.ts) but the words of sparse rows; this is the second
// door, for what it does not see, and their first.
#ifndef CHECK_H
#define CHECK_H
#include "job.h"
#include "nade.h"
#include "phase.h"
#include "vector.h"

// What is wrong, by the words of kernels.ts.
enum Problem { SOUND, BAD_JOB, BAD_PARAMETERS, BAD_PACKS, BAD_INSTRUCTIONS, BAD_TABLES, BAD_SLICES, BAD_STEPS, BAD_INPUT, BAD_TARGET, BAD_OUTPUT };

enum { UPDATE_BLOCK = 512 }; // floats of a register of an update's rule

typedef struct {
  const Job *job;
  const float *arena;
  int64_t words;
  int64_t most[3]; // largest index of an operand of each kind; -1: none
  int64_t row;     // numbers of a row that the output's equations touch
} Check;

static int inside(const Check *c, int64_t at, int64_t length) { return at >= 0 && length >= 0 && at + length <= c->words; }

static int in_parameters(const Check *c, int64_t at, int64_t length) { return at >= 0 && length >= 0 && at + length <= c->job->count; }

#define TABLE(type, offset) ((const type *)(c->arena + (offset)))

static int operand_is_sound(Check *c, int32_t word) {
  const int kind = (int)((uint32_t)word >> 28);
  if (kind > IN_STEP) return 0;
  const int64_t index = word & 0xfffffff;
  if (index > c->most[kind]) c->most[kind] = index;
  return 1;
}

static int optional_operand_is_sound(Check *c, int32_t word) { return word == -1 || operand_is_sound(c, word); }

static int slot_is_sound(Check *c, int32_t index) { return index >= 0 && operand_is_sound(c, (int32_t)IN_SEQUENCE << 28 | index); }

static int packs_are_sound(const Check *c) {
  const Job *job = c->job;
  for (const Pack *p = TABLE(Pack, job->packs), *end = p + job->packCount; p < end; p++) {
    if (p->rows < 1 || p->columns < 1 || p->width < p->columns || p->width % LANES || p->stepRow < 0 || p->stepColumn < 0) return 0;
    if (p->stepRow != 1 && p->stepColumn != 1) return 0;
    // what lies side by side is read in whole vectors
    const int64_t length = p->stepColumn == 1 ? (int64_t)(p->rows - 1) * p->stepRow + p->width
                                              : (int64_t)(p->columns - 1) * p->stepColumn + (p->rows + LANES - 1) / LANES * LANES;
    if (!in_parameters(c, p->parameter, length) || !inside(c, p->packed, (int64_t)p->rows * p->width)) return 0;
  }
  return 1;
}

static int pack_is(const Check *c, int32_t index, int64_t rows, int64_t width) {
  if (index < 0 || index >= c->job->packCount) return 0;
  const Pack *pack = TABLE(Pack, c->job->packs) + index;
  return pack->rows == rows && pack->width == width;
}

static int instructions_are_sound(Check *c) {
  const Job *job = c->job;
  const Instruction *in = TABLE(Instruction, job->instructions);
  for (const Instruction *end = in + job->forwardCount + job->backwardCount; in < end; in++) {
    if (in->kind != 0) {
      if (!pack_is(c, in->pack, job->hiddenSize, job->width) || !operand_is_sound(c, in->source) || !operand_is_sound(c, in->target)) return 0;
      continue;
    }
    if (in->at < 0 || in->count < 0 || !inside(c, job->ops + 6LL * in->at, 6LL * in->count)) return 0;
    for (const PhaseOp *op = TABLE(PhaseOp, job->ops) + in->at, *last = op + in->count; op < last; op++) {
      if (!operand_is_sound(c, op->out) || !operand_is_sound(c, op->a) || !operand_is_sound(c, op->b) || !operand_is_sound(c, op->c)) return 0;
      if (op->op == OP_PEEPHOLE && !in_parameters(c, op->extra, job->width)) return 0;
    }
  }
  return 1;
}

static int tables_are_sound(Check *c) {
  const Job *job = c->job;
  for (const State *s = TABLE(State, job->states), *end = s + job->stateCount; s < end; s++)
    if (!operand_is_sound(c, s->value) || !optional_operand_is_sound(c, s->previous) || !operand_is_sound(c, s->gradient) ||
        !optional_operand_is_sound(c, s->previousGradient))
      return 0;
  for (const Affine *a = TABLE(Affine, job->affines), *end = a + job->affineCount; a < end; a++)
    if (!slot_is_sound(c, a->slot) || !in_parameters(c, a->bias, job->width) || (a->gradient != -1 && !slot_is_sound(c, a->gradient)) ||
        (a->inputWeight != -1 &&
         (!in_parameters(c, a->inputWeight, (int64_t)job->inputSize * job->width) || !pack_is(c, a->inputPack, job->inputSize, job->width))))
      return 0;
  for (const WeightGradient *m = TABLE(WeightGradient, job->matrices), *end = m + job->matrixCount; m < end; m++)
    if (!in_parameters(c, m->weight, (int64_t)job->hiddenSize * job->width) || !slot_is_sound(c, m->source) || !slot_is_sound(c, m->gradient)) return 0;
  for (const WeightGradient *p = TABLE(WeightGradient, job->peepholes), *end = p + job->peepholeCount; p < end; p++)
    if (!in_parameters(c, p->weight, job->width) || !slot_is_sound(c, p->source) || !slot_is_sound(c, p->gradient)) return 0;
  for (const Shape *s = TABLE(Shape, job->shapes), *end = s + job->shapeCount; s < end; s++)
    if (s->rows < 1 || s->columns < 1 || s->width < s->columns || s->width % LANES || !in_parameters(c, s->parameter, (int64_t)s->rows * s->width)) return 0;
  return in_parameters(c, job->readoutWeight, (int64_t)job->hiddenSize * job->readoutWidth) && in_parameters(c, job->readoutBias, job->readoutWidth) &&
         pack_is(c, job->readoutPack, job->hiddenSize, job->readoutWidth) && pack_is(c, job->readoutBackPack, job->readoutSize, job->width) &&
         slot_is_sound(c, job->hiddenSlot) && slot_is_sound(c, job->hiddenGradientSlot);
}

// The update's rule over registers of 512 floats, the weights (0) and slots (1, 2, ...).
static int update_operand_is_sound(const Check *c, int32_t word) {
  const int64_t index = word & 0xfffffff;
  if (word >> 28 == IN_REGISTER) return inside(c, c->job->updateRegisters, (index + 1) * UPDATE_BLOCK);
  return word >> 28 == IN_SEQUENCE && index <= c->job->slotCount;
}

static int update_is_sound(const Check *c) {
  const Job *job = c->job;
  if (!(job->mode & JOB_UPDATE)) return 1;
  const int64_t behind = job->slotCount > 0 ? job->slots + (job->slotCount - 1LL) * job->slotStride + job->count : (int64_t)job->parameters + job->count;
  if (!inside(c, job->next, behind - job->parameters)) return 0;
  if (job->rule == 1) return job->slotCount == 2;
  if (!inside(c, job->updateOps, job->updateOpCount * (int64_t)sizeof(PhaseOp) / 4) || !inside(c, job->updateScalars, job->updateScalarCount) ||
      !inside(c, job->updateResults, 1LL + job->slotCount) || !inside(c, job->updateRegisters, (1LL + job->updateScalarCount) * UPDATE_BLOCK))
    return 0;
  for (const PhaseOp *p = TABLE(PhaseOp, job->updateOps), *end = p + job->updateOpCount; p < end; p++)
    if (!update_operand_is_sound(c, p->out) || !update_operand_is_sound(c, p->a) || !update_operand_is_sound(c, p->b) || !update_operand_is_sound(c, p->c))
      return 0;
  for (const int32_t *result = TABLE(int32_t, job->updateResults), *end = result + 1 + job->slotCount; result < end; result++)
    if (!update_operand_is_sound(c, *result)) return 0;
  return 1;
}

static int row_place_is_sound(Check *c, int64_t at, int64_t length) {
  if (at < 0 || length < 0) return 0;
  if (at + length > c->row) c->row = at + length;
  return 1;
}

// W, V, and c where it is no part of the readout.
static int nade_is_sound(const Check *c) {
  const Job *job = c->job;
  const int64_t keys = job->targetSize, hidden = job->nadeHidden, both = job->outputParameterCount == 2;
  if (hidden < 1 || (!both && job->outputParameterCount != 3) || job->readoutSize < keys + (both ? hidden : 0)) return 0;
  const OutputParameter *own = TABLE(OutputParameter, job->outputParameters);
  for (long k = 0; k < job->outputParameterCount; k++)
    if (own[k].rows != (k < 2 ? keys : 1) || own[k].columns != hidden || own[k].width != own[0].width) return 0;
  return 1;
}

static int output_parameters_are_sound(const Check *c) {
  const Job *job = c->job;
  if (job->outputParameterCount < 0 || !inside(c, job->outputParameters, job->outputParameterCount * (int64_t)sizeof(OutputParameter) / 4)) return 0;
  for (const OutputParameter *p = TABLE(OutputParameter, job->outputParameters), *end = p + job->outputParameterCount; p < end; p++)
    if (p->rows < 1 || p->columns < 1 || p->width < p->columns || p->width % LANES || !in_parameters(c, p->parameter, (int64_t)p->rows * p->width)) return 0;
  return 1;
}

// The output's equations: where each operation reads and writes among the numbers of a row.
static int rows_are_sound(Check *c) {
  const Job *job = c->job;
  if (!output_parameters_are_sound(c)) return 0;
  if (job->outputKernel == OUTPUT_NADE) return nade_is_sound(c);
  if (job->outputKernel != OUTPUT_EQUATIONS)
    return job->outputKernel == OUTPUT_MIXTURE ? job->components >= 1 && job->components * (1 + 2LL * job->targetSize) <= job->readoutSize
                                               : job->targetSize <= job->readoutSize;
  const int64_t step = sizeof(RowStep) / 4;
  if (job->rowForwardCount < 0 || job->rowStepCount < job->rowForwardCount || !inside(c, job->rowSteps, step * job->rowStepCount)) return 0;
  for (const RowStep *p = TABLE(RowStep, job->rowSteps), *end = p + job->rowStepCount; p < end; p++) {
    if (p->size < 0 || p->rows < 1 || p->columns < 1 || p->rowStep < 0 || p->columnStep < 0 || p->first < 0) return 0;
    const int64_t all = (int64_t)p->rows * p->columns, target = job->targetSize;
    int64_t out = p->size > all ? p->size : all, in = out;
    if (p->op == OP_OVER) in = (p->rows - 1LL) * p->rowStep + (p->columns - 1LL) * p->columnStep + 1;
    else if (p->op == OP_AT) in = target;
    else if (p->op == OP_SPREAD) out = out > target ? out : target, in = 1;
    else if (p->op == OP_INSERT) out = out > p->first + all ? out : p->first + all, in = all;
    else if (p->op == OP_SUM || p->op == OP_SUM_ROWS || p->op == OP_LOG_SUM_EXP) out = p->size > 0 ? p->size : 1, in = all;
    if (!row_place_is_sound(c, p->out, out) || !row_place_is_sound(c, p->a, in) || !row_place_is_sound(c, p->b, 1) || !row_place_is_sound(c, p->c, 1)) return 0;
  }
  for (const OutputParameter *p = TABLE(OutputParameter, job->outputParameters), *end = p + job->outputParameterCount; p < end; p++)
    if (!row_place_is_sound(c, p->value, (int64_t)p->rows * p->columns) ||
        (p->slope != -1 && !row_place_is_sound(c, p->slope, (int64_t)p->rows * p->columns)))
      return 0;
  return row_place_is_sound(c, job->rowReadout, job->readoutSize) && row_place_is_sound(c, job->rowNll, 1) &&
         row_place_is_sound(c, job->rowSlope, job->readoutSize) && (job->rowTarget == -1 || row_place_is_sound(c, job->rowTarget, job->targetSize));
}

// Steps of a batch whose sequences end one after the other, the longest first.
static int steps_are_sound(const Check *c, const Slice *s) {
  if (s->time < 1 || s->batch < 1 || !inside(c, s->stepOffsets, (int64_t)s->time + 1)) return 0;
  const int32_t *offsets = TABLE(int32_t, s->stepOffsets);
  if (offsets[0] != 0 || offsets[s->time] != s->rows) return 0;
  for (int64_t t = 0, running = s->batch; t < s->time; t++) {
    const int64_t now = (int64_t)offsets[t + 1] - offsets[t];
    if (now < 1 || now > running) return 0;
    running = now;
  }
  return 1;
}

// Whether the columns of every row rise. Those that fall or stay are counted: they do so only where a row begins.
static int columns_rise(const int32_t *offsets, int64_t rows, const int32_t *columns) {
  int32_t falls = 0;
  for (int64_t k = 1, end = offsets[rows]; k < end; k++) falls += columns[k] <= columns[k - 1];
  for (int64_t r = 0; r < rows; r++) {
    const int32_t begin = offsets[r];
    if (begin > 0 && begin < offsets[r + 1]) falls -= columns[begin] <= columns[begin - 1];
  }
  return falls == 0;
}

// The door for sparse rows: TypeScript leaves them to this pass, and brings rows that do not rise again in order (door.ts).
static int sparse_is_sound(const Check *c, int64_t rows, int64_t width, int32_t at, int32_t columnsAt) {
  if (!inside(c, at, rows + 1)) return 0;
  const int32_t *offsets = TABLE(int32_t, at);
  if (offsets[0] != 0) return 0;
  int32_t falling = 0;
  for (int64_t r = 0; r < rows; r++) falling |= offsets[r + 1] < offsets[r];
  if (falling || !inside(c, columnsAt, offsets[rows])) return 0;
  const uint32_t *columns = TABLE(uint32_t, columnsAt);
  uint32_t outside = 0;
  for (int64_t k = 0, end = offsets[rows]; k < end; k++) outside |= columns[k] >= (uint32_t)width;
  return !outside && columns_rise(offsets, rows, TABLE(int32_t, columnsAt));
}

// What the output layer of a slice takes beside the readouts.
static int64_t row_words(const Check *c) {
  const Job *job = c->job;
  return job->outputKernel == OUTPUT_NADE ? nade_floats(job->targetSize, TABLE(OutputParameter, job->outputParameters)->width) : c->row * LANES;
}

static int slice_is_sound(const Check *c, const Slice *s) {
  const Job *job = c->job;
  const int64_t rows = s->rows, width = job->width;
  if (s->sequences < 0 || s->steps < 0 || s->registers < 0 || s->sequenceStride < rows * width || s->stepStride < s->batch * width) return 0;
  if ((job->mode & JOB_STEP) && !inside(c, s->saved, job->stateCount * (int64_t)s->sequenceStride)) return 0;
  return inside(c, s->registers, (c->most[IN_REGISTER] + 1) * job->registerStride) && inside(c, s->sequences, (c->most[IN_SEQUENCE] + 1) * s->sequenceStride) &&
         inside(c, s->steps, (c->most[IN_STEP] + 1) * s->stepStride) && inside(c, s->readout, rows * job->readoutWidth + LANES) && inside(c, s->nll, rows) && (s->weights == -1 || inside(c, s->weights, rows)) && inside(c, s->rowValues, row_words(c)) &&
         inside(c, s->gradients, job->count);
}

// The first thing that is wrong with the job at a word of an arena of some words.
static enum Problem problem_of(const float *arena, int64_t words, int32_t at) {
  Check check = {(const Job *)(arena + at), arena, words, {-1, -1, -1}, 0}, *c = &check;
  const Job *job = c->job;
  if (!inside(c, at, sizeof(Job) / 4) || job->width < 1 || job->width % LANES || job->readoutWidth < 1 || job->readoutWidth % LANES || job->inputSize < 1 ||
      job->hiddenSize < 1 || job->hiddenSize > job->width || job->readoutSize < 1 || job->readoutSize > job->readoutWidth || job->targetSize < 1 ||
      job->registerStride < job->width || job->registerStride % job->width || job->result % 2 || !inside(c, job->result, 6) || job->sliceCount < 1 ||
      job->sliceCount > 1024)
    return BAD_JOB;
  if (job->count < 0 || job->count % LANES || job->slotCount < 0 || job->slotStride < job->count || !inside(c, job->parameters, job->count) ||
      !inside(c, job->noisy, job->count) || (job->slotCount > 0 && job->slots < job->parameters) ||
      (job->slotCount > 0 && !inside(c, job->slots, (job->slotCount - 1LL) * job->slotStride + job->count)) || !update_is_sound(c))
    return BAD_PARAMETERS;
  const int64_t tables[][3] = {{job->slices, job->sliceCount, sizeof(Slice)},   {job->packs, job->packCount, sizeof(Pack)},
                               {job->states, job->stateCount, sizeof(State)},   {job->affines, job->affineCount, sizeof(Affine)},
                               {job->shapes, job->shapeCount, sizeof(Shape)},   {job->matrices, job->matrixCount, sizeof(WeightGradient)},
                               {job->peepholes, job->peepholeCount, sizeof(WeightGradient)},
                               {job->instructions, (int64_t)job->forwardCount + job->backwardCount, sizeof(Instruction)}};
  for (unsigned k = 0; k < sizeof tables / sizeof *tables; k++)
    if (!inside(c, tables[k][0], tables[k][1] * tables[k][2] / 4)) return BAD_TABLES;
  if (job->forwardCount < 0 || job->backwardCount < 0) return BAD_TABLES;
  if (!packs_are_sound(c)) return BAD_PACKS;
  if (!instructions_are_sound(c)) return BAD_INSTRUCTIONS;
  if (!tables_are_sound(c)) return BAD_TABLES;
  if (!rows_are_sound(c)) return BAD_OUTPUT;
  for (const Slice *s = TABLE(Slice, job->slices), *end = s + job->sliceCount; s < end; s++) {
    if (!steps_are_sound(c, s)) return BAD_STEPS;
    if (!slice_is_sound(c, s)) return BAD_SLICES;
    const int64_t rows = s->rows;
    if (s->inputValues >= 0 ? !inside(c, s->inputValues, rows * job->inputSize) : !sparse_is_sound(c, rows, job->inputSize, s->inputOffsets, s->inputColumns))
      return BAD_INPUT;
    if (job->mode & (JOB_PREPARE | JOB_STEP)) continue; // nothing reads a target
    const int dense = s->targetValues >= 0, either = job->outputKernel == OUTPUT_EQUATIONS;
    if (!either && dense != (job->outputKernel == OUTPUT_MIXTURE)) return BAD_TARGET;
    if (dense ? !inside(c, s->targetValues, rows * job->targetSize) : !sparse_is_sound(c, rows, job->targetSize, s->targetOffsets, s->targetColumns))
      return BAD_TARGET;
  }
  return SOUND;
}
#undef TABLE
#endif
