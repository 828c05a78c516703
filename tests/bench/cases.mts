import {
  type Batch,
  bernoulli,
  categorical,
  cell,
  cellNamed,
  gaussianMixture,
  generator,
  type Model,
  model,
  nade,
  type Rows,
} from "./library.mts";

type Kind = "music" | "speech" | "text" | "chords";

/** A training step to be timed: the paper's sizes, a batch of random data of the real shape, all sequences of one length. */
export interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly model: Model;
  readonly batch: Batch;
  /** Multiplications and additions of the step's matrix products that read dense rows: see `productFlops`. */
  readonly flops: number;
}

/** Minimal gated unit (Zhou et al. 2016): not in the library; as a user would write it. */
const mgu = cell("mgu", ({ input: x, hidden: h, affine, sigmoid, tanh, times, oneMinus, plus }) => {
  const f = sigmoid(affine("f", x, h));
  const c = tanh(affine("c", x, times(f, h)));
  return { h: plus(times(oneMinus(f), h), times(f, c)) };
});

const sizes: readonly (readonly [Kind, string, number])[] = [
  ["music", "gru", 46],
  ["music", "lstm", 36],
  ["music", "tanh", 100],
  ["speech", "gru", 227],
  ["speech", "lstm", 195],
  ["speech", "tanh", 400],
  ["music", "mgu", 57],
  ["speech", "mgu", 280],
  ["text", "gru", 128],
  ["chords", "gru", 46],
];

/**
 * Music: 16 sequences of 200 steps, 88 keys of which four sound. Speech: 64 of 48 steps, 20 samples
 * in, 420 readouts for 10. Text: 32 of 100 characters, each one of 65. Chords: music by NADE with 64 units.
 */
export const usualBatch = { music: 16, speech: 64, text: 32, chords: 16 } as const;

const outputs = {
  music: () => bernoulli(88),
  speech: () => gaussianMixture(10, 20),
  text: () => categorical(65),
  chords: () => nade(88, 64),
} as const;
const inputSizes = { music: 88, speech: 20, text: 65, chords: 88 } as const;
const batches = {
  music: (size: number) => musicBatch(size, 200),
  speech: (size: number) => batchOf(size, 48, samplesOf(20), samplesOf(10)),
  text: (size: number) => batchOf(size, 100, characterOf(65), characterOf(65)),
  chords: (size: number) => musicBatch(size, 200),
} as const;

export function cases(sequences: Readonly<Record<Case["kind"], number>> = usualBatch): Case[] {
  return sizes.map(([kind, name, hiddenSize]) => {
    const unit = name === "mgu" ? mgu : cellNamed(name);
    const m = model(unit, inputSizes[kind], hiddenSize, outputs[kind]());
    const batch = batches[kind](sequences[kind]);
    const size = sequences[kind] === usualBatch[kind] ? "" : `, batch ${sequences[kind]}`;
    return {
      name: `${kind} ${name} ${hiddenSize}${size}`,
      kind,
      model: m,
      batch,
      flops: productFlops(m, batch),
    };
  });
}

/**
 * Recurrent and readout weights take part in three products a row (forward, and two of the derivative), weights that read dense
 * input in two. Weights that read sparse input are not counted: their product is a sum of four rows, and no multiplication.
 */
export function productFlops(m: Model, batch: Batch): number {
  const rows = batch.stepOffsets[batch.time];
  const dense = batch.input.kind === "dense";
  let flops = 0;
  for (const { role, shape } of m.parameters) {
    const products =
      role === "recurrent-weight" || role === "output-weight"
        ? 3
        : role === "input-weight" && dense
          ? 2
          : 0;
    flops += products * 2 * rows * shape.reduce((a, b) => a * b, 1);
  }
  return flops;
}

export const musicBatch = (size: number, time: number): Batch =>
  batchOf(size, time, keysOf, keysOf);

function batchOf(
  size: number,
  time: number,
  input: (rows: number) => Rows,
  target: (rows: number) => Rows,
): Batch {
  return {
    size,
    time,
    lengths: new Int32Array(size).fill(time),
    stepOffsets: Int32Array.from({ length: time + 1 }, (_, t) => t * size),
    sources: Int32Array.from({ length: size }, (_, b) => b),
    input: input(size * time),
    target: target(size * time),
  };
}

const random = generator(1, "bench");

function keysOf(rows: number): Rows {
  const columns = Array.from({ length: rows }, () =>
    [0, 1, 2, 3].map((voice) => voice * 22 + random.integer(22)),
  );
  return {
    kind: "sparse",
    width: 88,
    offsets: Int32Array.from({ length: rows + 1 }, (_, r) => r * 4),
    columns: Int32Array.from(columns.flat()),
  };
}

function characterOf(width: number): (rows: number) => Rows {
  return (rows) => ({
    kind: "sparse",
    width,
    offsets: Int32Array.from({ length: rows + 1 }, (_, r) => r),
    columns: Int32Array.from({ length: rows }, () => random.integer(width)),
  });
}

function samplesOf(width: number): (rows: number) => Rows {
  return (rows) => ({
    kind: "dense",
    width,
    values: Float32Array.from({ length: rows * width }, () => random.normal()),
  });
}

/** Rows as [time, size, width] numbers, for libraries that know no sparse rows. */
export function denseValues(rows: Rows): Float32Array {
  if (rows.kind === "dense") return rows.values;
  const { width, offsets, columns } = rows;
  const out = new Float32Array((offsets.length - 1) * width);
  for (let r = 0; r + 1 < offsets.length; r++)
    for (const column of columns.subarray(offsets[r], offsets[r + 1])) out[r * width + column] = 1;
  return out;
}
