import type { Op } from "./steps.js";

/** What an invocation computes with: one sequence's float, or those of four sequences. */
export interface Values {
  readonly sequences: 1 | 4;
  readonly type: string;
  readonly suffix: string;
}
export const ofOne: Values = { sequences: 1, type: "f32", suffix: "" };
export const ofFour: Values = { sequences: 4, type: "vec4<f32>", suffix: "4" };

/** The elementary functions on four floats. */
export const byComponent = ["sigmoidOf", "tanhOf", "expOf", "logOf", "softplusOf"].map(
  (name) =>
    `fn ${name}4(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map((s) => `${name}(x[${s}])`).join(", ")}); }`,
);

/** WGSL of the operations on values of a type: a float, or four sequences' floats. */
export const expressionsOn = ({
  type,
  suffix,
}: Values): Readonly<Record<Op, (a: string, b: string, c: string, extra: string) => string>> => ({
  sigmoid: (a) => `sigmoidOf${suffix}(${a})`,
  tanh: (a) => `tanhOf${suffix}(${a})`,
  relu: (a) => `select(${a}, ${type}(), ${a} < ${type}())`,
  exp: (a) => `expOf${suffix}(${a})`,
  log: (a) => `logOf${suffix}(${a})`,
  softplus: (a) => `softplusOf${suffix}(${a})`,
  square: (a) => `${a} * ${a}`,
  negate: (a) => `-${a}`,
  oneMinus: (a) => `1.0 - ${a}`,
  plus: (a, b) => `${a} + ${b}`,
  minus: (a, b) => `${a} - ${b}`,
  times: (a, b) => `${a} * ${b}`,
  divide: (a, b) => `${a} / ${b}`,
  sigmoidGradient: (a, b) => `${a} * (${b} - ${b} * ${b})`,
  tanhGradient: (a, b) => `${a} - ${a} * (${b} * ${b})`,
  reluGradient: (a, b) => `select(${type}(), ${a}, ${b} > ${type}())`,
  timesPlus: (a, b, c) => `${a} * ${b} + ${c}`,
  scale: (a, _b, _c, factor) => `${a} * ${factor}`,
  peephole: (a, _b, _c, weight) => `${a} * ${weight}`,
  copy: (a) => a,
});
