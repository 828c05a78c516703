// What arena.ts lays down for a call, in 32-bit words. Offsets count words from the arena's beginning; a matrix of parameters
// has its rows padded with zeros to whole vectors, and so has every row of a slot.
#ifndef JOB_H
#define JOB_H
#include <stdint.h>

typedef struct {
  int32_t parameter;          // offset in the parameters
  int32_t rows, columns;      // of the packed matrix before padding
  int32_t width;              // columns padded
  int32_t stepRow, stepColumn; // in the parameter
  int32_t packed;             // offset of the panels
} Pack;

typedef struct {
  int32_t kind; // 0: phase of `count` operations at `at`; 1: product
  int32_t count, at;
  int32_t source, pack, target, accumulate;
} Instruction;

typedef struct {
  int32_t value, previous;              // operands: the new value, and the copy that the next step reads (-1: nobody reads it)
  int32_t gradient, previousGradient;   // operands; -1: none
} State;

// An affine product's result: where it is prepared for all rows, and where its gradient lies.
typedef struct {
  int32_t slot, inputWeight, inputPack, bias, gradient; // slot and gradient: sequence slots; weights: offsets in the parameters; -1: none
} Affine;

// A weight gradient over all rows: source' gradient for a matrix, column sums of source * gradient for a peephole.
typedef struct {
  int32_t weight, source, gradient;
} WeightGradient;

typedef struct {
  int32_t parameter, rows, columns, width, stream; // stream: -1 for a parameter without noise
} Shape;

// The sequences of one thread.
typedef struct {
  int32_t time, batch, rows;
  int32_t stepOffsets;
  int32_t inputOffsets, inputColumns; // sparse input; or
  int32_t inputValues;                // dense input [rows, inputSize], -1 for sparse
  int32_t targetOffsets, targetColumns; // sparse target; or
  int32_t targetValues;               // dense target [rows, targetSize]
  int32_t sequences, sequenceStride; // slots of all rows
  int32_t steps, stepStride;         // slots of one step
  int32_t readout, nll;              // [rows, readoutWidth], [rows]
  int32_t gradients, registers;
} Slice;

enum { JOB_BACKWARD = 1, JOB_UPDATE = 2 };

typedef struct {
  int32_t mode;
  int32_t parameters, meanSquares, momenta, noisy, count; // count: floats of all parameters, padded
  int32_t slices, sliceCount;
  int32_t packs, packCount, instructions, forwardCount, backwardCount, ops, states, stateCount, affines, affineCount;
  int32_t matrices, matrixCount, peepholes, peepholeCount, shapes, shapeCount;
  int32_t inputSize, hiddenSize, width, readoutSize, readoutWidth, readoutWeight, readoutBias, readoutPack, readoutBackPack;
  int32_t components, targetSize; // of a mixture of Gaussians; no components: Bernoulli
  int32_t registerStride, hiddenSlot, hiddenGradientSlot;
  int32_t noiseSeed, update;
  float weightNoise, learningRate, maxGradientNorm, decay, momentum, epsilon, deviationFloor;
  int32_t result; // doubles: sum of NLL, global gradient norm
} Job;
#endif
