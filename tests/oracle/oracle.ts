import { evaluateStep, type Operations } from "../../lib/cells/graph.js";
import type { BinaryWord, UnaryWord } from "../../lib/compile/word-names.js";
import type { Batch, Rows } from "../../lib/data/batch.js";
import type { SequenceNll } from "../../lib/engines/engine.js";
import type { Model } from "../../lib/model/model.js";
import { stepNll } from "./outputs.js";

/** A float64 matrix [rows, columns] on a tape: the plainest reverse-mode derivative there is, for tests alone. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly value: Float64Array;
  readonly slope: Float64Array;
}

/** Parameters in float64, by name, row-major. */
export type Weights = ReadonlyMap<string, Float64Array>;

export interface OracleResult {
  readonly nllPerStep: number;
  readonly sequences: SequenceNll[];
  /** Gradient of nllPerStep. */
  readonly gradient: Map<string, Float64Array>;
  /** [rows, hidden] by name of gate or state. */
  readonly trace: Map<string, Float64Array>;
}

const unary: Record<UnaryWord, [(x: number) => number, (x: number, y: number) => number]> = {
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (_, y) => y * (1 - y)],
  tanh: [Math.tanh, (_, y) => 1 - y * y],
  relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
  exp: [Math.exp, (_, y) => y],
  log: [Math.log, (x) => 1 / x],
  softplus: [
    (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    (x) => 1 / (1 + Math.exp(-x)),
  ],
  square: [(x) => x * x, (x) => 2 * x],
  sqrt: [Math.sqrt, (_, y) => 0.5 / y],
  absolute: [Math.abs, (x) => Math.sign(x)],
  logGamma: [lnGamma, (x) => (lnGamma(x * (1 + 1e-6)) - lnGamma(x * (1 - 1e-6))) / (2e-6 * x)],
  negate: [(x) => -x, () => -1],
  oneMinus: [(x) => 1 - x, () => -1],
};

const binary: Record<
  BinaryWord,
  [(a: number, b: number) => number, (a: number, b: number) => [number, number]]
> = {
  plus: [(a, b) => a + b, () => [1, 1]],
  minus: [(a, b) => a - b, () => [1, -1]],
  times: [(a, b) => a * b, (a, b) => [b, a]],
  divide: [(a, b) => a / b, (a, b) => [1 / b, -a / (b * b)]],
  maximum: [Math.max, (a, b) => (a < b ? [0, 1] : [1, 0])],
  minimum: [Math.min, (a, b) => (b < a ? [0, 1] : [1, 0])],
};

/** By Lanczos' series (g = 7, nine terms): good to 15 digits. */
function lnGamma(x: number): number {
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
  ];
  const sum = terms.reduce((s, c, i) => s + (i === 0 ? c : c / (x - 1 + i)), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The loss of a model on a batch, its gradient and every named gate, in float64 by the cell's own graph. */
export function oracle(model: Model, weights: Weights, batch: Batch): OracleResult {
  const tape: (() => void)[] = [];
  const matrix = (
    rows: number,
    columns: number,
    value: Float64Array = new Float64Array(rows * columns),
  ): Matrix => ({
    rows,
    columns,
    value,
    slope: new Float64Array(rows * columns),
  });
  const parameters = new Map(
    model.parameters.map(({ name, shape }) => [
      name,
      matrix(shape.length === 2 ? shape[0] : 1, shape.at(-1) as number, weights.get(name)),
    ]),
  );
  const parameter = (name: string) => parameters.get(name) as Matrix;

  let running = 0; // rows of the step
  const affine = (
    inputs: readonly Matrix[],
    names: readonly string[],
    bias: string | undefined,
  ): Matrix => {
    const b = bias === undefined ? matrix(1, parameter(names[0]).columns) : parameter(bias);
    const out = matrix(running, b.columns);
    for (let r = 0; r < out.rows; r++) out.value.set(b.value, r * out.columns);
    const terms = inputs.map((x, k) => ({ x, w: parameter(names[k]) }));
    for (const { x, w } of terms)
      for (let r = 0; r < x.rows; r++)
        for (let i = 0; i < x.columns; i++)
          for (let j = 0; j < w.columns; j++)
            out.value[r * w.columns + j] += x.value[r * x.columns + i] * w.value[i * w.columns + j];
    tape.push(() => {
      for (let r = 0; r < out.rows; r++)
        for (let j = 0; j < out.columns; j++) {
          const d = out.slope[r * out.columns + j];
          b.slope[j] += d;
          for (const { x, w } of terms)
            for (let i = 0; i < x.columns; i++) {
              x.slope[r * x.columns + i] += d * w.value[i * w.columns + j];
              w.slope[i * w.columns + j] += d * x.value[r * x.columns + i];
            }
        }
    });
    return out;
  };
  const elementwise = (
    a: Matrix,
    b: Matrix,
    value: (a: number, b: number) => number,
    slopes: (a: number, b: number) => [number, number],
  ): Matrix => {
    const out = matrix(a.rows, a.columns);
    const at = (r: number) => (b.rows === 1 ? r % b.columns : r); // a single row stands for all rows
    for (let r = 0; r < out.value.length; r++) out.value[r] = value(a.value[r], b.value[at(r)]);
    tape.push(() => {
      for (let r = 0; r < out.value.length; r++) {
        const [da, db] = slopes(a.value[r], b.value[at(r)]);
        a.slope[r] += da * out.slope[r];
        b.slope[at(r)] += db * out.slope[r];
      }
    });
    return out;
  };
  const map = (
    a: Matrix,
    value: (x: number) => number,
    slope: (x: number, y: number) => number,
  ): Matrix => {
    const out = matrix(a.rows, a.columns, a.value.map(value));
    tape.push(() => {
      for (let r = 0; r < out.value.length; r++)
        a.slope[r] += slope(a.value[r], out.value[r]) * out.slope[r];
    });
    return out;
  };
  const firstRows = (a: Matrix, rows: number): Matrix => {
    const out = matrix(rows, a.columns, a.value.slice(0, rows * a.columns));
    tape.push(() => {
      out.slope.forEach((d, r) => {
        a.slope[r] += d;
      });
    });
    return out;
  };
  const { hiddenSize } = model;
  const operations: Operations<Matrix> = {
    affine,
    peephole: (x, weight) => elementwise(x, parameter(weight), ...binary.times),
    word: (op, [a, b], k) => {
      if (op === "constant")
        return matrix(running, hiddenSize, new Float64Array(running * hiddenSize).fill(k));
      if (op === "scale")
        return map(
          a,
          (v) => k * v,
          () => k,
        );
      if (op === "shift")
        return map(
          a,
          (v) => v + k,
          () => 1,
        );
      if (op in unary) return map(a, ...unary[op as UnaryWord]);
      return elementwise(a, b, ...binary[op as BinaryWord]);
    },
  };

  const { graph } = model.cell;
  const x = dense(batch.input);
  const target = dense(batch.target);
  const rowsOfAll = batch.stepOffsets[batch.time];
  const weight = (row: number) => batch.weights?.[row] ?? 1;
  const total = Array.from({ length: rowsOfAll }, (_, row) => weight(row)).reduce((a, b) => a + b);
  const trace = new Map(
    graph.named.map(({ name }) => [name, new Float64Array(rowsOfAll * model.hiddenSize)]),
  );
  const sequences = Array.from(batch.lengths, () => ({ nll: 0, steps: 0 }));
  let states = new Map(
    graph.states.map(({ name }) => [name, matrix(batch.size, model.hiddenSize)]),
  );
  let sum = 0;
  for (let t = 0; t < batch.time; t++) {
    const first = batch.stepOffsets[t];
    const rows = batch.stepOffsets[t + 1] - first;
    running = rows;
    const previous = new Map([...states].map(([name, value]) => [name, firstRows(value, rows)]));
    const width = batch.input.width;
    const input = matrix(rows, width, x.slice(first * width, (first + rows) * width));
    const values = evaluateStep(graph, input, previous, operations);
    for (const { name, node } of graph.named)
      trace.get(name)?.set(values[node].value, first * model.hiddenSize);
    states = new Map(graph.states.map(({ name, node }) => [name, values[node]]));
    const y = affine([states.get("h") as Matrix], ["W_y"], "b_y");
    const targetSize = batch.target.width;
    for (let r = 0; r < rows; r++) {
      const row = target.subarray((first + r) * targetSize, (first + r + 1) * targetSize);
      const {
        nll,
        slope,
        parameters: own,
      } = stepNll(model.output, y.value.subarray(r * y.columns, (r + 1) * y.columns), row, weights);
      const w = weight(first + r);
      for (const [name, slopes] of Object.entries(own ?? {}))
        slopes.forEach((d, i) => {
          parameter(name).slope[i] += (w * d) / total;
        });
      sequences[r].nll += w * nll;
      sequences[r].steps += w;
      sum += w * nll;
      slope.forEach((d, k) => {
        y.slope[r * y.columns + k] = (w * d) / total;
      });
    }
  }
  for (const backward of tape.reverse()) backward();
  return {
    nllPerStep: sum / total,
    sequences,
    gradient: new Map([...parameters].map(([name, p]) => [name, p.slope])),
    trace,
  };
}

/** Rows as a dense float64 matrix. */
export function dense(rows: Rows): Float64Array {
  if (rows.kind === "dense") return Float64Array.from(rows.values);
  const out = new Float64Array((rows.offsets.length - 1) * rows.width);
  for (let r = 0; r + 1 < rows.offsets.length; r++)
    for (let k = rows.offsets[r]; k < rows.offsets[r + 1]; k++)
      out[r * rows.width + rows.columns[k]] = 1;
  return out;
}
