/**
 * What TypeScript and C tell each other, once: the fields of every structure of a job, in their order. `lay` writes them into the
 * arena by it, and `npm run build:job` writes c/job.h from it. A field is one 32-bit word. Offsets count words from the arena's
 * beginning; a matrix of parameters has its rows padded with zeros to whole vectors, and so has every row of a slot.
 */
interface Field {
  readonly type: "int32_t" | "float";
  readonly meaning: string;
}

const int = (meaning = ""): Field => ({ type: "int32_t", meaning });
const float = (meaning = ""): Field => ({ type: "float", meaning });

export const structures = {
  Pack: {
    parameter: int("offset in the parameters"),
    rows: int("of the packed matrix before padding"),
    columns: int(),
    width: int("columns padded"),
    stepRow: int("in the parameter"),
    stepColumn: int(),
    packed: int("offset of the panels"),
  },
  PhaseOp: {
    op: int(),
    out: int("operands: kind << 28 | index"),
    a: int(),
    b: int(),
    c: int(),
    extra: int("scale: the factor's bits; peephole: the weight's offset in the parameters"),
  },
  // an operation of an output's equations (rows.h); places count numbers of a row
  RowStep: {
    op: int(),
    out: int(),
    a: int(),
    b: int(),
    c: int(),
    size: int("numbers of the result"),
    rows: int("shape of the input; over: of the result"),
    columns: int(),
    rowStep: int("over: from row to row of the input, from column to column"),
    columnStep: int(),
    first: int("insert: where in the result the input begins"),
    constant: float(),
  },
  // a parameter of the output itself
  OutputParameter: {
    parameter: int("offset in the parameters"),
    rows: int(),
    columns: int(),
    width: int(),
    value: int("places among the numbers of a row: where the output's equations read it"),
    slope: int("and leave its gradient; -1: nowhere"),
  },
  Instruction: {
    kind: int("0: phase of `count` operations at `at`; 1: product"),
    count: int(),
    at: int(),
    source: int(),
    pack: int(),
    target: int(),
    accumulate: int(),
  },
  State: {
    value: int("operands: the new value"),
    previous: int("the copy that the next step reads; -1: nobody reads it"),
    gradient: int(),
    previousGradient: int("-1: none"),
  },
  // an affine product's result: where it is prepared for all rows, and where its gradient lies
  Affine: {
    slot: int("a sequence slot"),
    inputWeight: int("offset in the parameters; -1: none"),
    inputPack: int("-1: none"),
    bias: int("offset in the parameters"),
    gradient: int("a sequence slot; -1: none"),
  },
  // over all rows: source' gradient for a matrix, column sums of source * gradient for a peephole
  WeightGradient: {
    weight: int("offset in the parameters"),
    source: int("sequence slots"),
    gradient: int(),
  },
  Shape: {
    parameter: int("offset in the parameters"),
    rows: int(),
    columns: int(),
    width: int(),
    stream: int("-1 for a parameter without noise"),
  },
  // the sequences of one thread
  Slice: {
    time: int(),
    batch: int(),
    rows: int(),
    stepOffsets: int(),
    inputOffsets: int("sparse input; or"),
    inputColumns: int(),
    inputValues: int("dense input [rows, inputSize], -1 for sparse"),
    targetOffsets: int("sparse target; or"),
    targetColumns: int(),
    targetValues: int("dense target [rows, targetSize]"),
    sequences: int("slots of all rows"),
    sequenceStride: int(),
    steps: int("slots of one step"),
    stepStride: int(),
    readout: int("[rows, readoutWidth]"),
    nll: int("[rows]"),
    weights: int("[rows], -1: all 1"),
    rowValues: int("numbers of LANES rows, for the output's equations; what nade.h takes notes in"),
    gradients: int(),
    registers: int(),
    saved: int("states of streams between their steps, as far apart as slots"),
  },
  Job: {
    mode: int(),
    parameters: int(),
    slots: int("of the update rule's memory, each as long as the parameters"),
    slotStride: int(),
    slotCount: int(),
    noisy: int(),
    count: int("floats of all parameters, padded"),
    slices: int(),
    sliceCount: int(),
    packs: int(),
    packCount: int(),
    instructions: int(),
    forwardCount: int(),
    backwardCount: int(),
    ops: int(),
    states: int(),
    stateCount: int(),
    affines: int(),
    affineCount: int(),
    matrices: int(),
    matrixCount: int(),
    peepholes: int(),
    peepholeCount: int(),
    shapes: int(),
    shapeCount: int(),
    inputSize: int(),
    hiddenSize: int(),
    width: int(),
    readoutSize: int(),
    readoutWidth: int(),
    readoutWeight: int(),
    readoutBias: int(),
    readoutPack: int(),
    readoutBackPack: int(),
    outputKernel: int("OUTPUT_…"),
    components: int("of a mixture of Gaussians"),
    targetSize: int(),
    rowSteps: int("of the output's equations: those of the NLL, then those of its gradient"),
    rowForwardCount: int(),
    rowStepCount: int(),
    rowReadout: int("places among the numbers of a row"),
    rowTarget: int("-1: nothing reads the target's numbers"),
    rowNll: int(),
    rowSlope: int(),
    outputParameters: int("of the output itself, in the order of its equations"),
    outputParameterCount: int(),
    nadeHidden: int("units of OUTPUT_NADE"),
    nadeDownward: int("whether its keys go from high to low"),
    registerStride: int(),
    hiddenSlot: int(),
    hiddenGradientSlot: int(),
    noiseSeed: int(),
    update: int("made before"),
    next: int("where an update leaves the new parameters and slots, as far apart as the old ones"),
    shrink: int("whether a gradient that is not finite is replaced by 0.1 * its parameter"),
    lossScale: float(
      "of the gradient: 1 for the sum over the batch's rows, 1 / rows for their mean",
    ),
    weightNoise: float(),
    learningRate: float(),
    maxGradientNorm: float(),
    maxStepNorm: float("of the step that is taken from the parameters"),
    rule: int("0: by updateOps; 1: RMSProp, by the four numbers that follow"),
    decay: float(),
    momentum: float(),
    epsilon: float("under the root"),
    rootFloor: float("the root is at least this"),
    updateOps: int("PhaseOps over registers of UPDATE_BLOCK floats"),
    updateOpCount: int(),
    updateScalars: int(),
    updateScalarCount: int(),
    updateRegisters: int("the rescaled gradient, the scalars, the operations' results"),
    updateResults: int("registers: the step, then every slot's new value"),
    deviationFloor: float(),
    result: int(
      "doubles: sum of NLL, global gradient norm, 1 where all that an update made is finite",
    ),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

type Structure = keyof typeof structures;

/** A structure's values by field. */
export type FieldValues<S extends Structure> = Readonly<
  Record<keyof (typeof structures)[S], number>
>;

/** How many words a structure takes. */
export function wordsOf(structure: Structure): number {
  return Object.keys(structures[structure]).length;
}

/** A field's place among its structure's words. */
export function wordOf<S extends Structure>(
  structure: S,
  field: keyof FieldValues<S> & string,
): number {
  return Object.keys(structures[structure]).indexOf(field);
}

/** A structure of whole numbers as its words. */
export function laidOut<S extends Structure>(structure: S, values: FieldValues<S>): number[] {
  return Object.keys(structures[structure]).map((field) => values[field as keyof typeof values]);
}

/** The names of a structure's fields, in order. */
export function fieldsOf<S extends Structure>(structure: S): (keyof FieldValues<S> & string)[] {
  return Object.keys(structures[structure]) as (keyof FieldValues<S> & string)[];
}

/**
 * What writes a structure, or some of its fields, into an arena, the structure's first word at `at`. It is made once: a job is laid
 * down for every step.
 */
export function layer<
  S extends Structure,
  F extends keyof FieldValues<S> & string = keyof FieldValues<S> & string,
>(
  structure: S,
  fields?: readonly F[],
): (
  memory: { readonly ints: Int32Array; readonly floats: Float32Array },
  at: number,
  values: Readonly<Record<F, number>>,
) => void {
  const types: Readonly<Record<string, Field>> = structures[structure];
  const list = (fields ?? (fieldsOf(structure) as string[] as F[])).map((name) => ({
    name,
    word: wordOf(structure, name),
    isFloat: types[name].type === "float",
  }));
  return ({ ints, floats }, at, values) => {
    for (let k = 0; k < list.length; k++) {
      const { name, word, isFloat } = list[k];
      if (isFloat) floats[at + word] = values[name];
      else ints[at + word] = values[name];
    }
  };
}

/** How an output's NLL and gradient are computed: by its equations, or by a kernel for them. */
export const outputKernels = ["equations", "bernoulli", "mixture", "nade"] as const;

/** What c/job.h holds. */
export function jobHeader(): string {
  const structs = Object.entries(structures).map(([name, fields]) => {
    const lines = Object.entries(fields).map(
      ([field, { type, meaning }]) => `  ${type} ${field};${meaning ? ` // ${meaning}` : ""}`,
    );
    return `typedef struct {\n${lines.join("\n")}\n} ${name};\n`;
  });
  return `// Written by \`npm run build:job\` from ../job-fields.ts, which says what it means: change that, not this.
#ifndef JOB_H
#define JOB_H
#include <stdint.h>

${structs.join("\n")}
enum { JOB_BACKWARD = 1, JOB_UPDATE = 2, JOB_PREPARE = 4, JOB_STEP = 8 };
enum { ${outputKernels.map((name) => `OUTPUT_${name.toUpperCase()}`).join(", ")} };
#endif
`;
}
