import { type Batch, batchOf, bernoulli, type Cell, cellNamed, gaussianMixture, generator, type Model, model, pianoRoll } from "gated-rnn";

/** One size at which the training step is timed: the paper's. */
export interface Size {
  readonly name: string;
  readonly task: "music" | "speech";
  readonly cell: string;
  readonly hidden: number;
  readonly batch: number;
  readonly time: number;
}

const music = { task: "music", batch: 16, time: 200 } as const;
const speech = { task: "speech", batch: 64, time: 48 } as const;

export const sizes: readonly Size[] = [
  { name: "music GRU 46", cell: "gru", hidden: 46, ...music },
  { name: "music LSTM 36", cell: "lstm", hidden: 36, ...music },
  { name: "music tanh 100", cell: "tanh", hidden: 100, ...music },
  { name: "speech GRU 227", cell: "gru", hidden: 227, ...speech },
  { name: "speech LSTM 195", cell: "lstm", hidden: 195, ...speech },
  { name: "speech tanh 400", cell: "tanh", hidden: 400, ...speech },
];

export const widths = { music: { input: 88, readout: 88 }, speech: { input: 20, readout: 420 } } as const;

export function modelOf({ task, cell, hidden }: Size, unit: Cell = cellNamed(cell)): Model {
  return model(unit, widths[task].input, hidden, task === "music" ? bernoulli(88) : gaussianMixture());
}

/** Four of 88 keys at random in every step; or normal samples. */
export function batchFor({ task, batch, time }: Size): Batch {
  const random = generator(1, "bench");
  const roll = () => pianoRoll(Array.from({ length: time + 1 }, () => [0, 1, 2, 3].map((voice) => 21 + voice * 22 + random.integer(22))));
  const packed = batchOf(Array.from({ length: batch }, roll), { lowestNote: 21, keys: 88 });
  if (task === "music") return packed;
  const rows = batch * time;
  const dense = (width: number) => ({
    kind: "dense" as const,
    width,
    values: Float32Array.from({ length: rows * width }, () => random.normal()),
  });
  return { ...packed, input: dense(20), target: dense(10) };
}

/** Floating-point operations of the matrix work of one step; a sparse input product counts only its four rows of 88. */
export function flop(size: Size, unit: Cell = cellNamed(size.cell)): number {
  const affines = unit.graph.nodes.filter((n) => n.op === "affine");
  const recurrent = affines.flatMap((n) => (n.op === "affine" ? n.inputs : [])).filter((i) => unit.graph.nodes[i].op !== "input").length;
  const { input, readout } = widths[size.task];
  const fromInput = size.task === "music" ? 4 : input;
  const h = size.hidden;
  // forward, weight gradient, and gradient of what was read; the input needs no gradient
  return size.batch * size.time * 2 * (2 * affines.length * fromInput * h + 3 * recurrent * h * h + 3 * h * readout);
}
