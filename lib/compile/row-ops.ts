import type * as tf from "@tensorflow/tfjs";
import type { Binding } from "./ops.js";
import type { ElementwiseOp, InnerRowOp, RowOp, RowWord, Shape } from "./word-names.js";

/** What an operation is told beside its inputs' numbers. */
interface RowContext {
  /** Of the first input and of the result. */
  readonly from: Shape;
  readonly to: Shape;
  /** part, insert: the first element. */
  readonly first: number;
  /** The target row: at, spread. */
  readonly target: ArrayLike<number>;
}

/** What a word's derivative is made of, for any kind of value; `shape` is that of a result. */
interface RowSlopes<V> {
  readonly g: V;
  readonly y: V;
  readonly a: V;
  readonly from: Shape;
  readonly to: Shape;
  readonly first: number;
  of(op: RowOp, input: V, shape: Shape, first?: number): V;
  elementwise(op: ElementwiseOp, shape: Shape, ...inputs: V[]): V;
}

/** An operation on whole rows, all that anything but C (engines/native/c/rows.h) knows of it. */
interface RowOperation {
  /** In double precision. */
  readonly value: (a: Float64Array, context: RowContext) => Float64Array;
}

interface RowWordOperation extends RowOperation {
  /** What reaches the input. */
  readonly derivative: <V>(slopes: RowSlopes<V>) => V;
  readonly latex: {
    readonly text: (a: string, target: string, context: Omit<RowContext, "target">) => string;
    readonly is: Binding;
    readonly reads: Binding;
  };
  /** On tensors [n, R, C] of n rows; the target is [n, 1, targets]. */
  readonly tensorflow: (
    t: typeof tf,
    a: tf.Tensor3D,
    context: Omit<RowContext, "target"> & { readonly target: tf.Tensor3D },
  ) => tf.Tensor;
}

/** Calls a function with every index of [R, C]. */
function each([rows, columns]: Shape, visit: (i: number, j: number, at: number) => void): void {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) visit(i, j, i * columns + j);
}

/** Each row's largest number, and what e^(a − largest) adds up to in it. */
function logSums(a: Float64Array, shape: Shape): { top: Float64Array; total: Float64Array } {
  const top = new Float64Array(shape[0]).fill(Number.NEGATIVE_INFINITY);
  const total = new Float64Array(shape[0]);
  each(shape, (i, _, at) => {
    top[i] = Math.max(top[i], a[at]);
  });
  each(shape, (i, _, at) => {
    total[i] += Math.exp(a[at] - top[i]);
  });
  return { top, total };
}

/** Along the last axis: TensorFlow.js 4.22 has the gradient of cumsum wrong along any other. */
function sumsOfRows(t: typeof tf, a: tf.Tensor3D, isReversed: boolean): tf.Tensor {
  const byColumn = t.cumsum(t.transpose(a, [0, 2, 1]), 2, true, isReversed);
  return t.transpose(byColumn, [0, 2, 1]);
}

export const rowWords: Readonly<Record<RowWord, RowWordOperation>> = {
  /** Elements from `first` on, in the result's shape. */
  part: {
    value: (a, { first, to }) => a.slice(first, first + to[0] * to[1]),
    derivative: ({ g, of, from, first }) => of("insert", g, from, first),
    latex: {
      text: (a, _, { from, to, first }) =>
        from[0] * from[1] === to[0] * to[1]
          ? a
          : `${a}_{${first + 1}${to[0] * to[1] > 1 ? ` \\ldots ${first + to[0] * to[1]}` : ""}}`,
      is: "atom",
      reads: "atom",
    },
    tensorflow: (t, a, { from, to, first }) => {
      const n = a.shape[0];
      const flat = t.reshape(a, [n, from[0] * from[1]]);
      return t.reshape(t.slice(flat, [0, first], [n, to[0] * to[1]]), [n, ...to]);
    },
  },
  /** A number for a whole shape, a row for all rows, a column for all columns. */
  over: {
    value: (a, { from, to }) => {
      const out = new Float64Array(to[0] * to[1]);
      each(to, (i, j, at) => {
        out[at] = a[(from[0] === 1 ? 0 : i) * from[1] + (from[1] === 1 ? 0 : j)];
      });
      return out;
    },
    derivative: ({ g, of, from, to }) => {
      const summed = from[1] === to[1] ? g : of("sum", g, [to[0], 1]);
      return from[0] === to[0] ? summed : of("sumRows", summed, from);
    },
    latex: { text: (a) => a, is: "atom", reads: "atom" },
    tensorflow: (t, a, { to }) => t.broadcastTo(a, [a.shape[0], ...to]),
  },
  /** Adds the columns: [R, C] to [R, 1]. */
  sum: {
    value: (a, { from }) => {
      const out = new Float64Array(from[0]);
      each(from, (i, _, at) => {
        out[i] += a[at];
      });
      return out;
    },
    derivative: ({ g, of, from }) => of("over", g, from),
    latex: { text: (a) => `\\sum ${a}`, is: "product", reads: "product" },
    tensorflow: (t, a) => t.sum(a, 2, true),
  },
  /** Adds the rows: [R, C] to [1, C]. */
  sumRows: {
    value: (a, { from }) => {
      const out = new Float64Array(from[1]);
      each(from, (_, j, at) => {
        out[j] += a[at];
      });
      return out;
    },
    derivative: ({ g, of, from }) => of("over", g, from),
    latex: { text: (a) => `\\sum ${a}`, is: "product", reads: "product" },
    tensorflow: (t, a) => t.sum(a, 1, true),
  },
  /** In each row, the sum of the rows before it: zeros in the first. */
  before: {
    value: (a, { from: [rows, columns] }) => {
      const out = new Float64Array(a.length);
      for (let at = columns; at < rows * columns; at++)
        out[at] = out[at - columns] + a[at - columns];
      return out;
    },
    derivative: ({ g, of, from }) => of("after", g, from),
    latex: { text: (a) => `\\sum_{<} ${a}`, is: "product", reads: "product" },
    tensorflow: (t, a) => sumsOfRows(t, a, false),
  },
  /** In each row, the sum of the rows after it: zeros in the last. */
  after: {
    value: (a, { from: [rows, columns] }) => {
      const out = new Float64Array(a.length);
      for (let at = (rows - 1) * columns - 1; at >= 0; at--)
        out[at] = out[at + columns] + a[at + columns];
      return out;
    },
    derivative: ({ g, of, from }) => of("before", g, from),
    latex: { text: (a) => `\\sum_{>} ${a}`, is: "product", reads: "product" },
    tensorflow: (t, a) => sumsOfRows(t, a, true),
  },
  /** ln Σ eᵃ over the columns, which never overflows: [R, C] to [R, 1]. */
  logSumExp: {
    value: (a, { from }) => {
      const { top, total } = logSums(a, from);
      return top.map((t, i) => t + Math.log(total[i]));
    },
    // not e^(a − y): where both are large, their difference has lost its digits
    derivative: ({ g, a, of, elementwise, from }) =>
      elementwise("times", from, of("over", g, from), of("softmax", a, from)),
    latex: { text: (a) => `\\log \\sum \\exp(${a})`, is: "product", reads: "sum" },
    tensorflow: (t, a) => t.logSumExp(a, 2, true),
  },
  /** eᵃ / Σ eᵃ over the columns. */
  softmax: {
    value: (a, { from }) => {
      const { top, total } = logSums(a, from);
      const out = new Float64Array(a.length);
      each(from, (i, _, at) => {
        out[at] = Math.exp(a[at] - top[i]) / total[i];
      });
      return out;
    },
    derivative: ({ g, y, of, elementwise, from }) => {
      const along = of("sum", elementwise("times", from, g, y), [from[0], 1]);
      const rest = elementwise("minus", from, g, of("over", along, from));
      return elementwise("times", from, y, rest);
    },
    latex: { text: (a) => `\\operatorname{softmax}(${a})`, is: "atom", reads: "sum" },
    tensorflow: (t, a) => t.softmax(a, 2),
  },
  /** What stands under the target's columns, added up: of an index, the one element. */
  at: {
    value: (a, { target }) => Float64Array.of(a.reduce((sum, v, j) => sum + v * target[j], 0)),
    derivative: ({ g, of, from }) => of("spread", g, from),
    latex: { text: (a, x) => `{${a}}_{${x}}`, is: "atom", reads: "atom" },
    tensorflow: (t, a, { target }) => t.sum(t.mul(a, target), 2, true),
  },
};

const inner: Readonly<Record<InnerRowOp, RowOperation>> = {
  /** Zeros, and the input in them from `first` on. */
  insert: {
    value: (a, { to, first }) => {
      const out = new Float64Array(to[0] * to[1]);
      out.set(a, first);
      return out;
    },
  },
  /** The number under the target's columns, zeros elsewhere. */
  spread: { value: ([a], { target }) => Float64Array.from(target, (one) => (one ? a * one : 0)) },
};

export const rowOperations: Readonly<Record<RowOp, RowOperation>> = { ...rowWords, ...inner };
/** In the order of their codes in C. */
export const rowOps = Object.keys(rowOperations) as readonly RowOp[];

export const isRowOp = (op: string): op is RowOp => Object.hasOwn(rowOperations, op);
export const isRowWord = (op: string): op is RowWord => Object.hasOwn(rowWords, op);
