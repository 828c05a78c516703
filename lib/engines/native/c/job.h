// Written by `npm run build:job` from ../job-fields.ts, which says what it means: change that, not this.
#ifndef JOB_H
#define JOB_H
#include <stdint.h>

typedef struct {
  int32_t parameter; // offset in the parameters
  int32_t rows; // of the packed matrix before padding
  int32_t columns;
  int32_t width; // columns padded
  int32_t stepRow; // in the parameter
  int32_t stepColumn;
  int32_t packed; // offset of the panels
} Pack;

typedef struct {
  int32_t op;
  int32_t out; // operands: kind << 28 | index
  int32_t a;
  int32_t b;
  int32_t c;
  int32_t extra; // scale: the factor's bits; peephole: the weight's offset in the parameters
} PhaseOp;

typedef struct {
  int32_t op;
  int32_t out;
  int32_t a;
  int32_t b;
  int32_t c;
  int32_t size; // numbers of the result
  int32_t rows; // shape of the input; over: of the result
  int32_t columns;
  int32_t rowStep; // over: from row to row of the input, from column to column
  int32_t columnStep;
  int32_t first; // insert: where in the result the input begins
  float constant;
} RowStep;

typedef struct {
  int32_t parameter; // offset in the parameters
  int32_t rows;
  int32_t columns;
  int32_t width;
  int32_t value; // places among the numbers of a row: where the output's equations read it
  int32_t slope; // and leave its gradient; -1: nowhere
} OutputParameter;

typedef struct {
  int32_t kind; // 0: phase of `count` operations at `at`; 1: product
  int32_t count;
  int32_t at;
  int32_t source;
  int32_t pack;
  int32_t target;
  int32_t accumulate;
} Instruction;

typedef struct {
  int32_t value; // operands: the new value
  int32_t previous; // the copy that the next step reads; -1: nobody reads it
  int32_t gradient;
  int32_t previousGradient; // -1: none
} State;

typedef struct {
  int32_t slot; // a sequence slot
  int32_t inputWeight; // offset in the parameters; -1: none
  int32_t inputPack; // -1: none
  int32_t bias; // offset in the parameters
  int32_t gradient; // a sequence slot; -1: none
} Affine;

typedef struct {
  int32_t weight; // offset in the parameters
  int32_t source; // sequence slots
  int32_t gradient;
} WeightGradient;

typedef struct {
  int32_t parameter; // offset in the parameters
  int32_t rows;
  int32_t columns;
  int32_t width;
  int32_t stream; // -1 for a parameter without noise
} Shape;

typedef struct {
  int32_t time;
  int32_t batch;
  int32_t rows;
  int32_t stepOffsets;
  int32_t inputOffsets; // sparse input; or
  int32_t inputColumns;
  int32_t inputValues; // dense input [rows, inputSize], -1 for sparse
  int32_t targetOffsets; // sparse target; or
  int32_t targetColumns;
  int32_t targetValues; // dense target [rows, targetSize]
  int32_t sequences; // slots of all rows
  int32_t sequenceStride;
  int32_t steps; // slots of one step
  int32_t stepStride;
  int32_t readout; // [rows, readoutWidth]
  int32_t nll; // [rows]
  int32_t weights; // [rows], -1: all 1
  int32_t rowValues; // numbers of LANES rows, for the output's equations; what nade.h takes notes in
  int32_t gradients;
  int32_t registers;
  int32_t saved; // states of streams between their steps, as far apart as slots
} Slice;

typedef struct {
  int32_t mode;
  int32_t parameters;
  int32_t slots; // of the update rule's memory, each as long as the parameters
  int32_t slotStride;
  int32_t slotCount;
  int32_t noisy;
  int32_t count; // floats of all parameters, padded
  int32_t slices;
  int32_t sliceCount;
  int32_t packs;
  int32_t packCount;
  int32_t instructions;
  int32_t forwardCount;
  int32_t backwardCount;
  int32_t ops;
  int32_t states;
  int32_t stateCount;
  int32_t affines;
  int32_t affineCount;
  int32_t matrices;
  int32_t matrixCount;
  int32_t peepholes;
  int32_t peepholeCount;
  int32_t shapes;
  int32_t shapeCount;
  int32_t inputSize;
  int32_t hiddenSize;
  int32_t width;
  int32_t readoutSize;
  int32_t readoutWidth;
  int32_t readoutWeight;
  int32_t readoutBias;
  int32_t readoutPack;
  int32_t readoutBackPack;
  int32_t outputKernel; // OUTPUT_…
  int32_t components; // of a mixture of Gaussians
  int32_t targetSize;
  int32_t rowSteps; // of the output's equations: those of the NLL, then those of its gradient
  int32_t rowForwardCount;
  int32_t rowStepCount;
  int32_t rowReadout; // places among the numbers of a row
  int32_t rowTarget; // -1: nothing reads the target's numbers
  int32_t rowNll;
  int32_t rowSlope;
  int32_t outputParameters; // of the output itself, in the order of its equations
  int32_t outputParameterCount;
  int32_t nadeHidden; // units of OUTPUT_NADE
  int32_t nadeDownward; // whether its keys go from high to low
  int32_t registerStride;
  int32_t hiddenSlot;
  int32_t hiddenGradientSlot;
  int32_t noiseSeed;
  int32_t update; // made before
  int32_t next; // where an update leaves the new parameters and slots, as far apart as the old ones
  int32_t shrink; // whether a gradient that is not finite is replaced by 0.1 * its parameter
  float lossScale; // of the gradient: 1 for the sum over the batch's rows, 1 / rows for their mean
  float weightNoise;
  float learningRate;
  float maxGradientNorm;
  float maxStepNorm; // of the step that is taken from the parameters
  int32_t rule; // 0: by updateOps; 1: RMSProp, by the four numbers that follow
  float decay;
  float momentum;
  float epsilon; // under the root
  float rootFloor; // the root is at least this
  int32_t updateOps; // PhaseOps over registers of UPDATE_BLOCK floats
  int32_t updateOpCount;
  int32_t updateScalars;
  int32_t updateScalarCount;
  int32_t updateRegisters; // the rescaled gradient, the scalars, the operations' results
  int32_t updateResults; // registers: the step, then every slot's new value
  float deviationFloor;
  int32_t result; // doubles: sum of NLL, global gradient norm, 1 where all that an update made is finite
} Job;

enum { JOB_BACKWARD = 1, JOB_UPDATE = 2, JOB_PREPARE = 4, JOB_STEP = 8 };
enum { OUTPUT_EQUATIONS, OUTPUT_BERNOULLI, OUTPUT_MIXTURE, OUTPUT_NADE };
#endif
