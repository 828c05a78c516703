import type * as tf from "@tensorflow/tfjs";
import { digamma, logGamma, sigmoid, softplus } from "./special-functions.js";
import type {
  BinaryWord,
  ConstantWord,
  ElementwiseOp,
  InnerOp,
  UnaryWord,
  WordName,
} from "./word-names.js";

/** How tightly a piece of an equation binds: what stands under ⊙ or a matrix must be at least a product or an atom. */
export type Binding = "sum" | "product" | "atom";

/** An operation in LaTeX: its text from its inputs' and its constant, how it binds, and how tightly its inputs must. */
interface Notation {
  readonly text: (a: string, b: string, k: number) => string;
  readonly is: Binding;
  readonly reads: readonly Binding[];
}

/** What an operation's derivative is made of, for any kind of value. */
interface Slopes<V> {
  /** What reaches the result, the result, and the inputs. */
  readonly g: V;
  readonly y: V;
  readonly a: V;
  readonly b: V;
  /** The operation's constant. */
  readonly k: number;
  /** Another element-wise operation of this table. */
  of(op: ElementwiseOp, ...inputs: V[]): V;
  scaled(value: V, factor: number): V;
}

/**
 * An element-wise operation, all that anything knows of it. Expressions are over the inputs a, b, c and the constant k: in C over
 * vectors (engines/native/c/vector.h), in WGSL over floats or vectors of four, where `zero` is that many zeros and a function `…Of`
 * is one of engines/webgpu/wgsl/elementary.ts.
 */
interface Operation {
  readonly inputs: 0 | 1 | 2 | 3;
  /** In double precision. */
  readonly value: (a: number, b: number, c: number, k: number) => number;
  readonly c: string;
  readonly wgsl: string;
  /** Cheaper to repeat than to store and load. */
  readonly isCheap: boolean;
}

/** An operation that equations may use. */
export interface Word extends Operation {
  /** What reaches each input. */
  readonly derivative: <V>(slopes: Slopes<V>) => readonly V[];
  readonly latex: Notation;
  readonly tensorflow: (t: typeof tf, inputs: readonly tf.Tensor[], k: number) => tf.Tensor;
}

const call = (name: string): Notation => ({
  text: (a, b) => `${name}(${b === "" ? a : `${a}, ${b}`})`,
  is: "atom",
  reads: ["sum", "sum"],
});

export const unaryWords: Readonly<Record<UnaryWord, Word>> = {
  sigmoid: {
    inputs: 1,
    value: sigmoid,
    derivative: ({ g, y, of }) => [of("sigmoidGradient", g, y)],
    latex: call("\\sigma"),
    c: "vsigmoid(a)",
    wgsl: "sigmoidOf(a)",
    tensorflow: (t, [a]) => t.sigmoid(a),
    isCheap: false,
  },
  tanh: {
    inputs: 1,
    value: Math.tanh,
    derivative: ({ g, y, of }) => [of("tanhGradient", g, y)],
    latex: call("\\tanh"),
    c: "vtanh(a)",
    wgsl: "tanhOf(a)",
    tensorflow: (t, [a]) => t.tanh(a),
    isCheap: false,
  },
  relu: {
    inputs: 1,
    value: (a) => Math.max(a, 0),
    derivative: ({ g, y, of }) => [of("reluGradient", g, y)],
    latex: call("\\operatorname{relu}"),
    c: "maximum(a, splat(0))",
    wgsl: "select(a, zero, a < zero)",
    tensorflow: (t, [a]) => t.relu(a),
    isCheap: true,
  },
  exp: {
    inputs: 1,
    value: Math.exp,
    derivative: ({ g, y, of }) => [of("times", g, y)],
    latex: call("\\exp"),
    c: "vexp(a)",
    wgsl: "expOf(a)",
    tensorflow: (t, [a]) => t.exp(a),
    isCheap: false,
  },
  log: {
    inputs: 1,
    value: Math.log,
    derivative: ({ g, a, of }) => [of("divide", g, a)],
    latex: call("\\log"),
    c: "vlog(a)",
    wgsl: "logOf(a)",
    tensorflow: (t, [a]) => t.log(a),
    isCheap: false,
  },
  softplus: {
    inputs: 1,
    value: softplus,
    derivative: ({ g, a, of }) => [of("times", g, of("sigmoid", a))],
    latex: call("\\operatorname{softplus}"),
    c: "vsoftplus(a)",
    wgsl: "softplusOf(a)",
    // max(a, 0) + ln(1 + e^−|a|), which never overflows
    tensorflow: (t, [a]) => t.add(t.relu(a), t.log1p(t.exp(t.neg(t.abs(a))))),
    isCheap: false,
  },
  sqrt: {
    inputs: 1,
    value: Math.sqrt,
    derivative: ({ g, y, of, scaled }) => [scaled(of("divide", g, y), 0.5)],
    latex: { text: (a) => `\\sqrt{${a}}`, is: "atom", reads: ["sum"] },
    c: "square_root(a)",
    wgsl: "sqrt(a)",
    tensorflow: (t, [a]) => t.sqrt(a),
    isCheap: false,
  },
  square: {
    inputs: 1,
    value: (a) => a * a,
    derivative: ({ g, a, of, scaled }) => [scaled(of("times", g, a), 2)],
    latex: { text: (a) => `${a}^2`, is: "atom", reads: ["atom"] },
    c: "a * a",
    wgsl: "a * a",
    tensorflow: (t, [a]) => t.square(a),
    isCheap: true,
  },
  absolute: {
    inputs: 1,
    value: Math.abs,
    derivative: ({ g, a, of }) => [of("withSignOf", g, a)],
    latex: { text: (a) => `\\lvert ${a} \\rvert`, is: "atom", reads: ["sum"] },
    c: "absolute(a)",
    wgsl: "abs(a)",
    tensorflow: (t, [a]) => t.abs(a),
    isCheap: true,
  },
  negate: {
    inputs: 1,
    value: (a) => -a,
    derivative: ({ g, of }) => [of("negate", g)],
    latex: { text: (a) => `-${a}`, is: "sum", reads: ["product"] },
    c: "-a",
    wgsl: "-a",
    tensorflow: (t, [a]) => t.neg(a),
    isCheap: true,
  },
  oneMinus: {
    inputs: 1,
    value: (a) => 1 - a,
    derivative: ({ g, of }) => [of("negate", g)],
    latex: { text: (a) => `1 - ${a}`, is: "sum", reads: ["product"] },
    c: "1.0f - a",
    wgsl: "1.0 - a",
    tensorflow: (t, [a]) => t.sub(1, a),
    isCheap: true,
  },
  /** ln Γ(a), a > 0: ln n! of n = a − 1. */
  logGamma: {
    inputs: 1,
    value: logGamma,
    derivative: ({ g, a, of }) => [of("times", g, of("digamma", a))],
    latex: call("\\log\\Gamma"),
    c: "vloggamma(a)",
    wgsl: "logGammaOf(a)",
    tensorflow: logGammaTensor,
    isCheap: false,
  },
};

export const binaryWords: Readonly<Record<BinaryWord, Word>> = {
  plus: {
    inputs: 2,
    value: (a, b) => a + b,
    derivative: ({ g }) => [g, g],
    latex: { text: (a, b) => `${a} + ${b}`, is: "sum", reads: ["sum", "sum"] },
    c: "a + b",
    wgsl: "a + b",
    tensorflow: (t, [a, b]) => t.add(a, b),
    isCheap: true,
  },
  minus: {
    inputs: 2,
    value: (a, b) => a - b,
    derivative: ({ g, of }) => [g, of("negate", g)],
    latex: { text: (a, b) => `${a} - ${b}`, is: "sum", reads: ["sum", "product"] },
    c: "a - b",
    wgsl: "a - b",
    tensorflow: (t, [a, b]) => t.sub(a, b),
    isCheap: true,
  },
  times: {
    inputs: 2,
    value: (a, b) => a * b,
    derivative: ({ g, a, b, of }) => [of("times", g, b), of("times", g, a)],
    latex: { text: (a, b) => `${a} \\odot ${b}`, is: "product", reads: ["product", "product"] },
    c: "a * b",
    wgsl: "a * b",
    tensorflow: (t, [a, b]) => t.mul(a, b),
    isCheap: true,
  },
  divide: {
    inputs: 2,
    value: (a, b) => a / b,
    derivative: ({ g, b, y, of }) => [
      of("divide", g, b),
      of("negate", of("divide", of("times", g, y), b)),
    ],
    latex: { text: (a, b) => `\\frac{${a}}{${b}}`, is: "atom", reads: ["sum", "sum"] },
    c: "a / b",
    wgsl: "a / b",
    tensorflow: (t, [a, b]) => t.div(a, b),
    isCheap: false,
  },
  maximum: {
    inputs: 2,
    value: (a, b) => (a < b ? b : a),
    derivative: ({ g, a, b, of }) => [of("whereNotLess", g, a, b), of("whereLess", g, a, b)],
    latex: call("\\max"),
    c: "maximum(a, b)",
    wgsl: "select(a, b, a < b)",
    tensorflow: (t, [a, b]) => t.maximum(a, b),
    isCheap: true,
  },
  minimum: {
    inputs: 2,
    value: (a, b) => (b < a ? b : a),
    derivative: ({ g, a, b, of }) => [of("whereNotLess", g, b, a), of("whereLess", g, b, a)],
    latex: call("\\min"),
    c: "minimum(a, b)",
    wgsl: "select(a, b, b < a)",
    tensorflow: (t, [a, b]) => t.minimum(a, b),
    isCheap: true,
  },
};

const constantWords: Readonly<Record<ConstantWord, Word>> = {
  constant: {
    inputs: 0,
    value: (_a, _b, _c, k) => k,
    derivative: () => [],
    latex: { text: (_a, _b, k) => number(k), is: "atom", reads: [] },
    c: "k",
    wgsl: "zero + k",
    tensorflow: (t, _inputs, k) => t.scalar(k),
    isCheap: true,
  },
  scale: {
    inputs: 1,
    value: (a, _b, _c, k) => k * a,
    derivative: ({ g, k, scaled }) => [scaled(g, k)],
    latex: { text: (a, _b, k) => `${number(k)} \\, ${a}`, is: "product", reads: ["product"] },
    c: "a * k",
    wgsl: "a * k",
    tensorflow: (t, [a], k) => t.mul(a, k),
    isCheap: true,
  },
  shift: {
    inputs: 1,
    value: (a, _b, _c, k) => a + k,
    derivative: ({ g }) => [g],
    latex: {
      text: (a, _b, k) => (k < 0 ? `${a} - ${number(-k)}` : `${a} + ${number(k)}`),
      is: "sum",
      reads: ["sum"],
    },
    c: "a + k",
    wgsl: "a + k",
    tensorflow: (t, [a], k) => t.add(a, k),
    isCheap: true,
  },
};

const inner: Readonly<Record<InnerOp, Operation>> = {
  sigmoidGradient: {
    inputs: 2,
    value: (a, b) => a * (b - b * b),
    c: "a * (b - b * b)",
    wgsl: "a * (b - b * b)",
    isCheap: true,
  },
  tanhGradient: {
    inputs: 2,
    value: (a, b) => a - a * (b * b),
    c: "a - a * (b * b)",
    wgsl: "a - a * (b * b)",
    isCheap: true,
  },
  reluGradient: {
    inputs: 2,
    value: (a, b) => (b > 0 ? a : 0),
    c: "choose(b > 0.0f, a, splat(0))",
    wgsl: "select(zero, a, b > zero)",
    isCheap: true,
  },
  timesPlus: {
    inputs: 3,
    value: (a, b, c) => a * b + c,
    c: "a * b + c",
    wgsl: "a * b + c",
    isCheap: false,
  },
  withSignOf: {
    inputs: 2,
    value: (a, b) => (b < 0 ? -a : b > 0 ? a : 0),
    c: "choose(b < 0.0f, -a, choose(b > 0.0f, a, splat(0)))",
    wgsl: "select(select(zero, a, b > zero), -a, b < zero)",
    isCheap: true,
  },
  whereLess: {
    inputs: 3,
    value: (a, b, c) => (b < c ? a : 0),
    c: "choose(b < c, a, splat(0))",
    wgsl: "select(zero, a, b < c)",
    isCheap: true,
  },
  whereNotLess: {
    inputs: 3,
    value: (a, b, c) => (b < c ? 0 : a),
    c: "choose(b < c, splat(0), a)",
    wgsl: "select(a, zero, b < c)",
    isCheap: true,
  },
  /** The derivative of ln Γ. */
  digamma: {
    inputs: 1,
    value: digamma,
    c: "vdigamma(a)",
    wgsl: "digammaOf(a)",
    isCheap: false,
  },
  copy: { inputs: 1, value: (a) => a, c: "a", wgsl: "a", isCheap: false },
};

export const words: Readonly<Record<WordName, Word>> = {
  ...unaryWords,
  ...binaryWords,
  ...constantWords,
};
export const operations: Readonly<Record<ElementwiseOp, Operation>> = { ...words, ...inner };
export const elementwiseOps = Object.keys(operations) as readonly ElementwiseOp[];

/** −0.5 → −0.5, 1e-7 → 10^{-7}: a number as an equation shows it, five digits at most. */
function number(k: number): string {
  const [digits, exponent] = String(Number(k.toPrecision(5))).split("e");
  if (exponent === undefined) return digits;
  return `${digits === "1" ? "" : `${digits} \\cdot `}10^{${Number(exponent)}}`;
}

/** By the recurrence up to 8 and Stirling's series there. */
function logGammaTensor(t: typeof tf, [a]: readonly tf.Tensor[]): tf.Tensor {
  let [x, product] = [a, t.onesLike(a)];
  for (let i = 0; i < 8; i++) {
    const below = t.step(t.sub(8, x)); // 1 or 0; a comparison has no gradient, not even of zeros
    product = t.mul(product, t.add(1, t.mul(below, t.sub(x, 1))));
    x = t.add(x, below);
  }
  const inverse = t.div(1, x);
  const square = t.square(inverse);
  const series = t.mul(inverse, t.add(1 / 12, t.mul(square, t.add(-1 / 360, t.div(square, 1260)))));
  const main = t.sub(t.mul(t.sub(x, 0.5), t.log(x)), x);
  return t.sub(t.add(t.add(main, 0.5 * Math.log(2 * Math.PI)), series), t.log(product));
}
